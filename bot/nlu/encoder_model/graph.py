"""The encoder as an ONNX graph: word pieces in, one vector of length 1 for the sentence out.

A BERT encoder (layer norm after each residual sum), then the mean of its vectors under the
attention mask, then L2 norm. The table of word pieces stays in 4 bits, as upstream carries it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper  # type: ignore[import-not-found]
from source import BLOCK, Blocks, Upstream  # type: ignore[import-not-found]

OPSET = 21
IR_VERSION = 10
_HIDDEN = np.float32(-10_000)
"""Added to the attention of padding: nothing is left of it after the softmax."""


class _Graph:
    def __init__(self, upstream: Upstream) -> None:
        self.of = upstream
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def norm(self, values: str, tensor: str) -> str:
        weights = self.constant(f"{tensor}.weights", self.of.small[f"{tensor}.w"])
        bias = self.constant(f"{tensor}.bias", self.of.small[f"{tensor}.b"])
        return self.node(
            "LayerNormalization", [values, weights, bias], tensor, axis=-1, epsilon=self.of.epsilon
        )

    def dense(self, values: str, tensor: str, scale: float = 1.0) -> str:
        bias = self.of.small[f"{tensor}.b"] * np.float32(scale)
        weights = self.of.large[f"{tensor}.w"].weights.reshape(len(bias), -1) * np.float32(scale)
        product = self.node(
            "MatMul", [values, self.constant(f"{tensor}.weights", weights.T)], f"{tensor}.product"
        )
        return self.node("Add", [product, self.constant(f"{tensor}.bias", bias)], tensor)


def encoder_graph(upstream: Upstream, layers: int) -> ModelProto:
    """Return the graph of the first `layers` layers.

    Inputs `input_ids` and `attention_mask`, both int64 (batch, length); output
    `sentence_embedding`, float32 (batch, width).
    """
    graph = _Graph(upstream)
    names = {
        "zero": [0],
        "one": [1],
        "two": [2],
        "last": [-1],
        "middle": [1, 2],
        "apart": [0, 0, upstream.heads, upstream.width // upstream.heads],
        "together": [0, 0, upstream.width],
    }
    for name, numbers in names.items():
        graph.constant(name, np.array(numbers, dtype=np.int64))
    values, padding = _pieces(graph), _padding(graph)
    for layer in range(layers):
        values = _layer(graph, f"l{layer}", values, padding)
    _mean(graph, values)
    return _model(graph)


def _pieces(graph: _Graph) -> str:
    """Word pieces and their places, added and normed."""
    _packed_table(graph, graph.of.large["emb.word"])
    graph.node(
        "GatherBlockQuantized",
        ["pieces", "input_ids", "piece_scales"],
        "pieces_fp16",
        domain="com.microsoft",
        gather_axis=0,
        quantize_axis=1,
        block_size=BLOCK,
    )
    graph.node("Cast", ["pieces_fp16"], "piece_vectors", to=TensorProto.FLOAT)
    width = graph.of.width
    places = graph.of.small["emb.pos"].reshape(-1, width)
    graph.constant("places", places + graph.of.small["emb.type"].reshape(-1, width)[0])
    graph.node("Shape", ["input_ids"], "shape")
    graph.node("Slice", ["shape", "one", "two", "zero"], "length")
    graph.node("Slice", ["places", "zero", "length", "zero"], "place_vectors")
    return graph.norm(graph.node("Add", ["piece_vectors", "place_vectors"], "input"), "emb.ln")


def _packed_table(graph: _Graph, table: Blocks) -> None:
    rows, width = len(graph.of.pieces), graph.of.width
    numbers = (table.numbers & 15).astype(np.uint8).reshape(-1, width)[:rows]
    packed = numbers[:, 0::2] | (numbers[:, 1::2] << 4)
    graph.constants.append(
        helper.make_tensor("pieces", TensorProto.INT4, [rows, width], packed.tobytes(), raw=True)
    )
    graph.constant("piece_scales", table.scales.reshape(-1, width // BLOCK)[:rows])


def _padding(graph: _Graph) -> str:
    graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    graph.node("Sub", [graph.constant("all", np.ones(1, np.float32)), "mask"], "padded")
    graph.node("Mul", ["padded", graph.constant("hidden", np.full(1, _HIDDEN))], "padding_rows")
    return graph.node("Unsqueeze", ["padding_rows", "middle"], "padding")


def _layer(graph: _Graph, name: str, values: str, padding: str) -> str:
    attended = graph.dense(_attention(graph, name, values, padding), f"{name}.ao")
    values = graph.norm(graph.node("Add", [values, attended], f"{name}.sum"), f"{name}.aln")
    inner = graph.node("Gelu", [graph.dense(values, f"{name}.fi")], f"{name}.gelu")
    outer = graph.dense(inner, f"{name}.fo")
    return graph.norm(graph.node("Add", [values, outer], f"{name}.sum2"), f"{name}.oln")


def _attention(graph: _Graph, name: str, values: str, padding: str) -> str:
    scale = (graph.of.width // graph.of.heads) ** -0.5
    # Queries and values by head and place; keys by head, turned.
    orders = {"q": ([0, 2, 1, 3], scale), "k": ([0, 2, 3, 1], 1.0), "v": ([0, 2, 1, 3], 1.0)}
    heads = {}
    for part, (order, factor) in orders.items():
        dense = graph.dense(values, f"{name}.{part}", factor)
        apart = graph.node("Reshape", [dense, "apart"], f"{name}.{part}.apart")
        heads[part] = graph.node("Transpose", [apart], f"{name}.{part}.heads", perm=order)
    scores = graph.node("MatMul", [heads["q"], heads["k"]], f"{name}.scores")
    scores = graph.node("Add", [scores, padding], f"{name}.unpadded")
    weights = graph.node("Softmax", [scores], f"{name}.weights", axis=-1)
    mixed = graph.node("MatMul", [weights, heads["v"]], f"{name}.mixed")
    turned = graph.node("Transpose", [mixed], f"{name}.turned", perm=[0, 2, 1, 3])
    return graph.node("Reshape", [turned, "together"], f"{name}.joined")


def _mean(graph: _Graph, values: str) -> None:
    graph.node("Unsqueeze", ["mask", "last"], "mask_column")
    graph.node("Mul", [values, "mask_column"], "unpadded")
    graph.node("ReduceSum", ["unpadded", "one"], "total", keepdims=0)
    graph.node("ReduceSum", ["mask_column", "one"], "count", keepdims=0)
    graph.node("Div", ["total", "count"], "mean")
    graph.node("LpNormalization", ["mean"], "sentence_embedding", axis=-1, p=2)


def _model(graph: _Graph) -> ModelProto:
    ids = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    vector = helper.make_tensor_value_info(
        "sentence_embedding", TensorProto.FLOAT, ["batch", graph.of.width]
    )
    made = helper.make_graph(graph.nodes, "sentence_encoder", ids, [vector], graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=IR_VERSION)
