"""Asking for a line of memory before it is needed.

Compiled code waits for memory, not for arithmetic, where it goes through rows in another order than
they lie in: nine tenths of the time of writing a large world's columns was waiting for its rows
(`perf record`, the dense world of `benchmarks/engines.py`). The processor fetches by itself only what
is read in order.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import lower_builtin, type_callable

LINE = 64
"""Bytes of a line of the processor's caches. What is touched together is in one."""
_READ, _ALL_CACHES, _DATA = 0, 3, 1


def prefetch(array: Any, place: int) -> None:
    """Ask for the lines of `array[place]`, some elements ahead: it changes nothing, and the place may
    be outside (array: one-dimensional; place: int64 >= 0).

    Plain Python asks for nothing. https://llvm.org/docs/LangRef.html#llvm-prefetch-intrinsic
    """


def _type(context: Any) -> Any:
    return lambda array, place: types.none


def _lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Generate the instructions, one for every line of an element."""
    kind = signature.args[0]
    array = context.make_array(kind)(context, builder, arguments[0])
    place = context.cast(builder, arguments[1], signature.args[1], types.intp)
    element = cgutils.get_item_pointer(context, builder, kind, array, [place], wraparound=False)
    byte, number, offset = ir.IntType(8).as_pointer(), ir.IntType(32), ir.IntType(64)
    kinds = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
    ask = cgutils.get_or_insert_function(builder.module, kinds, "llvm.prefetch.p0")
    first = builder.bitcast(element, byte)
    how = [number(_READ), number(_ALL_CACHES), number(_DATA)]
    for at in range(0, context.get_abi_sizeof(context.get_data_type(kind.dtype)), LINE):
        builder.call(ask, [builder.gep(first, [offset(at)]), *how])
    return context.get_dummy_value()


type_callable(prefetch)(_type)
lower_builtin(prefetch, types.Array, types.Integer)(_lower)
