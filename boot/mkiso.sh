#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mkiso.sh ISO FOLDER <MODULES: a GRUB image (BIOS and UEFI) of FOLDER/bootstrap and the modules
# named on standard input, one command line each. The files are found in FOLDER by their first word.
set -eu
iso=$1 folder=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/boot/grub"
cp "$folder/bootstrap" "$root/boot/bootstrap"
# The words of a command line, quotes resolved, each odd character escaped for GRUB's shell. GRUB
# puts double quotes around words with spaces when it hands them on.
words() {
    awk '{
        quote = ""; out = ""
        for (i = 1; i <= length($0); i++) {
            c = substr($0, i, 1)
            if (c == quote) { quote = ""; continue }
            if (quote == "" && (c == "\"" || c == "\047")) { quote = c; continue }
            if (quote == "" && c == " ") { out = out " "; continue }
            out = out (c ~ /[A-Za-z0-9_.\/-]/ ? c : "\\" c)
        }
        print out
    }'
}

{
    echo 'serial --unit=0 --speed=115200'
    echo 'terminal_output serial'
    echo 'set timeout=0'
    echo 'menuentry "L4 Loader" {'
    echo '    multiboot /boot/bootstrap'
    while IFS= read -r line; do
        [ -n "$line" ] || continue
        file=${line%% *}
        cp -L "$folder/$file" "$root/boot/$file"
        # GRUB drops the file name from the string it hands over, QEMU does not: make both equal.
        echo "    module /boot/$file $(printf '%s\n' "$line" | words)"
    done
    echo '    boot'
    echo '}'
} >"$root/boot/grub/grub.cfg"
grub-mkrescue -o "$iso" --locales= --themes= --fonts= \
    --install-modules="multiboot multiboot2 normal configfile serial terminal echo boot iso9660 \
part_msdos" "$root" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
