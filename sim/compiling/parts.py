"""Functions as parts of the compiled functions that call them.

Numba makes machine code and wrappers for every function, and optimises its code again in each
function that calls it, directly or not: half of the time that compiling the engine took. A function
that only compiled functions call needs none of that. Its intermediate code is linked into the
function that Python calls, and optimised there, once and as a whole.

What it does not do: parts are not kept on the disk, so that compiling that was broken off begins
again; and a compiled function may neither call itself by way of a part nor choose at run time which
other one to call.
"""

from __future__ import annotations

from typing import Any

from numba.core import compiler
from numba.core.codegen import JITCodeLibrary
from numba.core.environment import lookup_environment

__all__ = ["compiled_part", "forget", "join_environments"]


class _Part(JITCodeLibrary):
    """Intermediate code to link into other functions, never run by itself. Numba simplifies each of
    its functions, as ever; what is left out are the passes over all that it calls.
    """

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
    Numba raises. It has the flags of the dispatcher, and those that Numba adds for subroutines of
    its own.
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


def forget(context: Any, parts: dict[tuple[Any, ...], Any]) -> None:
    """Let a context drop the parts of a function that is no more."""
    for part in parts.values():
        context.remove_user_function(part.entry_point)


def join_environments(made: Any) -> None:
    """Give a function that was compiled the environments of its parts, which errors with values and
    printing need.

    Numba takes for granted that each part was made ready to run by itself. Of a function that was
    loaded it sets them, and there is nothing to do.
    """
    for variable in made.library._final_module.global_variables:
        if variable.name.startswith("_ZN08NumbaEnv"):
            environment = lookup_environment(variable.name)
            if environment is not None:
                made.codegen.set_env(variable.name, environment)
