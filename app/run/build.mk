# SPDX-License-Identifier: BSD-2-Clause
run_IDLS := names loader loader_opening loader_control loader_task log_session
run_LIBS := ipc errors
$(eval $(call program,run,$(wildcard app/run/*.c),c loader))
$(eval $(call host_test,run_words,test/unit/run_words.c app/run/words.c))
