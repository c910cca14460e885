# SPDX-License-Identifier: BSD-2-Clause
# Builds musl, unpatched and out of tree: make -f lib/libc/musl.mk SRC=... OUT=... FIRST=...
#   SRC    the unpacked sources       OUT   where everything goes
#   FIRST  the folder with our syscall_arch.h
# Results: OUT/include, OUT/libc.a (for static programs), OUT/libc_pic.a (for libc.so), OUT/stamp.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:
CC := gcc
AR := ar
A := $(SRC)/arch/x86_64
vpath %.c $(SRC)
vpath %.s $(SRC)

# A file below src/X/x86_64 replaces the general one of the same name.
SPECIAL := $(wildcard $(SRC)/src/*/x86_64/*.[csS])
GENERAL := $(wildcard $(SRC)/src/*/*.c $(SRC)/src/malloc/mallocng/*.c)
# These hold a system-call instruction: not compiled, so the general ones come back ...
RAW := $(addprefix $(SRC)/src/,thread/x86_64/__set_thread_area.s thread/x86_64/__unmapself.s \
    thread/x86_64/clone.s thread/x86_64/syscall_cp.s process/x86_64/vfork.s \
    signal/x86_64/restore.s)
# ... of which we replace these two (lib/libc/thread.c).
OURS := $(addprefix $(SRC)/src/thread/,__set_thread_area.c clone.c)
USED := $(filter-out $(RAW),$(SPECIAL))
REPLACED := $(addsuffix .c,$(subst /x86_64/,/,$(basename $(USED))))
FILES := $(patsubst $(SRC)/%,%,$(USED) $(filter-out $(REPLACED) $(OURS),$(GENERAL)))
STATIC := $(patsubst %,$(OUT)/static/%.o,$(FILES))
PIC := $(patsubst %,$(OUT)/pic/%.o,$(FILES))

FLAGS := -std=c99 -nostdinc -ffreestanding -fexcess-precision=standard -frounding-math \
    -D_XOPEN_SOURCE=700 -iquote $(FIRST) -I$(A) -I$(SRC)/arch/generic -I$(OUT)/internal \
    -I$(SRC)/src/include -I$(SRC)/src/internal -I$(OUT)/include -I$(SRC)/include \
    -O2 -fno-stack-protector -fcf-protection=none -fomit-frame-pointer -fno-unwind-tables \
    -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections -w -Wa,--noexecstack \
    -fno-tree-loop-distribute-patterns

all: $(OUT)/stamp

HEADERS := $(OUT)/include/bits/alltypes.h $(OUT)/include/bits/syscall.h $(OUT)/internal/version.h

$(OUT)/include/bits/alltypes.h:
	@mkdir -p $(@D)
	cp -r $(SRC)/include/. $(OUT)/include
	cp $(SRC)/arch/generic/bits/* $(OUT)/include/bits
	cp $(A)/bits/* $(OUT)/include/bits
	sed -f $(SRC)/tools/mkalltypes.sed $(A)/bits/alltypes.h.in $(SRC)/include/alltypes.h.in >$@
$(OUT)/include/bits/syscall.h: $(OUT)/include/bits/alltypes.h
	sed -e p -e 's/__NR_/SYS_/' $(A)/bits/syscall.h.in >$@
$(OUT)/internal/version.h:
	@mkdir -p $(@D)
	printf '#define VERSION "%s"\n' "$$(cat $(SRC)/VERSION)" >$@

$(OUT)/static/%.o: % $(HEADERS)
	@mkdir -p $(@D)
	@$(CC) $(FLAGS) -fno-pic -fno-pie -c -o $@ $<
$(OUT)/pic/%.o: % $(HEADERS)
	@mkdir -p $(@D)
	@$(CC) $(FLAGS) -fPIC -c -o $@ $<

$(OUT)/libc.a: $(STATIC)
$(OUT)/libc_pic.a: $(PIC)
$(OUT)/libc.a $(OUT)/libc_pic.a:
	@rm -f $@
	@$(AR) rcs $@ $^
	@! objdump -d --no-show-raw-insn $@ | grep -E -m1 ':	(syscall|sysenter|int +.0x80)' || \
	    { echo "$@: a raw system call is left" >&2; exit 1; }

$(OUT)/stamp: $(OUT)/libc.a $(OUT)/libc_pic.a
	@rm -rf $(OUT)/static $(OUT)/pic
	@touch $@
