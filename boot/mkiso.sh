#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mkiso.sh ISO FOLDER <MODULES: a GRUB image (BIOS) of FOLDER/bootstrap and the modules named on
# standard input, one command line each. The files are found in FOLDER by their first word.
set -eu
iso=$1 folder=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/boot/grub"
cp "$folder/bootstrap" "$root/boot/bootstrap"
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
        # Single quotes keep what is a quote in the command line from being eaten here.
        rest=
        [ "$line" = "$file" ] || rest=" ${line#* }"
        echo "    module /boot/$file $file$rest"
    done
    echo '    boot'
    echo '}'
} >"$root/boot/grub/grub.cfg"
grub-mkrescue -d /usr/lib/grub/i386-pc -o "$iso" --locales= --themes= --fonts= \
    --install-modules="multiboot multiboot2 normal configfile serial terminal echo boot iso9660 \
biosdisk part_msdos" "$root" >"$root/log" 2>&1 || { cat "$root/log" >&2; exit 1; }
