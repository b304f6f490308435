"""Functions as parts of the compiled functions that call them.

Numba makes machine code and wrappers for every function, and optimises its code again in each
function that calls it, directly or not: half of the time that compiling the engine took. A function
that only compiled functions call needs none of that. Its intermediate code is linked, as it is, into
the function that Python calls, and optimised there once.
"""

from __future__ import annotations

from typing import Any

from numba.core import compiler
from numba.core.codegen import JITCodeLibrary

__all__ = ["compiled_part", "join_environments"]


class _Part(JITCodeLibrary):
    """Intermediate code to link into other functions: not optimised by itself and never run."""

    def _optimize_final_module(self) -> None:
        """Leave it to the function that Python calls."""

    def _finalize_final_module(self) -> None:
        """Check it as Numba does, but make no machine code."""
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True


def compiled_part(dispatcher: Any, types: tuple[Any, ...]) -> Any:
    """Compile the function of a dispatcher, for arguments of some types, to be a part of others.

    Gives Numba's result; its `entry_point` is no function, only what Numba finds it by. Raises what
    Numba raises. The flags are those with which Numba compiles its own subroutines.
    """
    flags = compiler.Flags()
    dispatcher.targetdescr.options.parse_as_flags(flags, dispatcher.targetoptions)
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    context = dispatcher.targetctx
    made = compiler.compile_extra(
        dispatcher.typingctx,
        context,
        dispatcher.py_func,
        args=types,
        return_type=None,
        flags=flags,
        locals={},
        library=_Part(context.codegen(), dispatcher.py_func.__qualname__),
    )
    made = made._replace(entry_point=object())
    context.insert_user_function(made.entry_point, made.fndesc, [made.library])
    return made


def join_environments(made: Any) -> None:
    """Give a function that was just compiled the environments of its parts.

    Numba does so for a function that it loads; of one that it compiles it takes for granted that
    its parts were made ready to run.
    """
    for one in made._find_referenced_environments():
        made.codegen.set_env(one.env_name, one)
