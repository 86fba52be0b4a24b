"""Let a fault strike a process at its n-th system call: Linux, by ptrace, as debuggers do.

A system call is the only way in which a process changes a disk, so that faults at every one of them are faults at
every boundary between two writes, whichever library writes. The process stands still while the fault is done to it,
before the call has any effect.
"""

import contextlib
import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

_TRACEME, _SYSCALL, _SETOPTIONS = 0, 24, 0x4200
_OPTIONS = 0x1 | 0x100000  # tell system calls from signals; let no process outlive its tracer
_CALL = signal.SIGTRAP | 0x80

REFUSED, BROKEN = 3, 70
"""Exit codes of a child whose work ended in an expected error, and in any other."""


@dataclass(frozen=True)
class End:
    """How a traced process ended."""

    code: int
    """Its exit code, or minus the signal that killed it."""
    calls: int
    """System calls that it made."""


def run(
    work: Callable[[], None], expected: tuple[type[BaseException], ...], at: int, fault: Callable[[int], None]
) -> End:
    """Do some work in a forked process; at its `at`-th system call, from 1 on, do `fault(pid)` to it.

    Args:
        work: what the process does.
        expected: exceptions that are a good end, exit code REFUSED; after any other it prints and exits with BROKEN.
        at: which call; one that never comes leaves the work undisturbed.
        fault: called while the process stands still, before the call is made.
    """
    pid = os.fork()
    if pid == 0:
        _child(work, expected)
    os.waitpid(pid, 0)  # it has stopped itself
    _ptrace(_SETOPTIONS, pid, _OPTIONS)
    calls, entering, deliver = 0, False, 0
    while True:
        with contextlib.suppress(ProcessLookupError):  # killed while it stood still
            _ptrace(_SYSCALL, pid, deliver)
        _, status = os.waitpid(pid, 0)
        deliver = 0
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return End(os.waitstatus_to_exitcode(status), calls)
        if os.WSTOPSIG(status) != _CALL:
            deliver = os.WSTOPSIG(status)
            continue
        entering = not entering
        calls += entering
        if entering and calls == at:
            fault(pid)


def _child(work: Callable[[], None], expected: tuple[type[BaseException], ...]) -> None:
    code = BROKEN
    try:
        _ptrace(_TRACEME, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        work()
        code = 0
    except expected:
        code = REFUSED
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _ptrace(request: int, pid: int, data: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = ctypes.c_long(request), ctypes.c_long(pid), ctypes.c_void_p(0), ctypes.c_void_p(data)
    if libc.ptrace(*arguments) < 0:
        raise OSError(ctypes.get_errno(), f"ptrace: {os.strerror(ctypes.get_errno())}")
