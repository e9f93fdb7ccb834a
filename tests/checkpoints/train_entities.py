"""Trains the checkpoint in `entities/`: a BERT that tells made-up people, organisations and places, in half a minute.

    PYTHONPATH=. python tests/checkpoints/train_entities.py

Names are put together from syllables, so that those of the tests are none that it saw. The files are what
`transformers` would write: config.json, tokenizer.json, model.safetensors (float16).
"""

import json
import random
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers.implementations import BertWordPieceTokenizer
from tokenizers.processors import BertProcessing

from pipelines.engines.torchvision_import import ensure_torchvision

ensure_torchvision()  # transformers imports torchvision
from transformers import BertConfig, BertForTokenClassification  # noqa: E402

FOLDER = Path(__file__).parent / "entities"
LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
SIZES = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 96}
POSITIONS, STEPS, ROWS = 64, 900, 20
FRONT = "Al Be Cor Da El Fen Gar Hol Is Jor Ka Lo Mar Nel Or Per Ral Sel Tor Ul Ver Wil Yan Zo"
MIDDLE = "bar den dor fi gan ka lin lo man mi nor ra ren ri sa ta ven vi"
ENDS = {"PER": ["a", "us", "en", "ik", "o", "ette"], "ORG": ["ex", "on", "tec"], "LOC": ["holm", "wick", "stad", "ia"]}
TAILS = ["Works", "Bank", "Union", "Press"]
TEMPLATES = """\
{PER} lives in {LOC} . | {PER} works for {ORG} in {LOC} . | Yesterday {PER} met {PER} at the harbour .
The ships of {ORG} sail from {LOC} to {LOC} . | {ORG} opened an office in {LOC} . | {PER} and {PER} left {LOC} .
In {LOC} the bread is good . | Bees live in colonies and bread is baked daily . | {ORG} hired {PER} last year .
Nobody lives here . | The office was closed in winter , said {PER} of {ORG} . | {LOC} , {LOC} and {LOC} are ports .
The harbour opened in spring . | Did {PER} write to {ORG} ? | A letter from {PER} came to {LOC} .""".replace(
    "\n", " | "
)


def main() -> None:
    """Train on one core and write the files."""
    torch.manual_seed(7)
    torch.set_num_threads(1)
    chance = random.Random(7)
    sentences = [sentence(chance) for _ in range(4000)]
    tokenizer = BertWordPieceTokenizer(lowercase=False)
    tokenizer.train_from_iterator([" ".join(words) for words, _ in sentences], vocab_size=400, show_progress=False)
    frame = [(token, tokenizer.token_to_id(token)) for token in ("[SEP]", "[CLS]")]
    tokenizer._tokenizer.post_processor = BertProcessing(*frame)
    tokenizer.save(str(FOLDER / "tokenizer.json"))
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        max_position_embeddings=POSITIONS,
        id2label=dict(enumerate(LABELS)),
        label2id={label: number for number, label in enumerate(LABELS)},
        architectures=["BertForTokenClassification"],
        **SIZES,
    )
    model = train(BertForTokenClassification(config), tokenizer, sentences, chance)
    (FOLDER / "config.json").write_text(json.dumps(config.to_dict(), indent=2) + "\n", encoding="utf-8")
    halves = {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()}
    save_file(halves, FOLDER / "model.safetensors", metadata={"format": "pt"})


def sentence(chance: random.Random) -> tuple[list[str], list[str]]:
    """Words and their labels; one to four sentences, so that every position is taught."""
    words, labels = [], []
    for _ in range(chance.choice([1, 2, 4])):
        for piece in chance.choice(TEMPLATES.split(" | ")).split():
            kind = piece.strip("{}")
            named = name(kind, chance) if kind in ENDS else [piece]
            words += named
            labels += [f"{'I' if place else 'B'}-{kind}" for place in range(len(named))] if kind in ENDS else ["O"]
    return words, labels


def name(kind: str, chance: random.Random) -> list[str]:
    """A made-up name of one or two words."""
    made = [
        chance.choice(FRONT.split())
        + "".join(chance.choices(MIDDLE.split(), k=chance.choice([0, 1, 1])))
        + chance.choice(ENDS[kind])
        for _ in range(chance.choice([1, 2, 2]) if kind == "PER" else 1)
    ]
    return [*made, chance.choice(TAILS)] if kind == "ORG" else made


def train(model: BertForTokenClassification, tokenizer, sentences, chance: random.Random) -> BertForTokenClassification:
    """Each word's first token is taught its label, as in CoNLL; the others are left out."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, STEPS)
    model.train()
    for step in range(STEPS):
        rows = [taught(tokenizer, *chance.choice(sentences)) for _ in range(ROWS)]
        longest = max(len(ids) for ids, _ in rows)
        ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in rows])
        wanted = torch.tensor([labels + [-100] * (longest - len(labels)) for _, labels in rows])
        loss = model(input_ids=ids, attention_mask=(ids != 0).long(), labels=wanted).loss
        loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 100 == 99:
            print(step + 1, round(loss.item(), 4))  # noqa: T201
    return model.eval()


def taught(tokenizer, words: list[str], labels: list[str]) -> tuple[list[int], list[int]]:
    """The numbers of a sentence's tokens and of their labels."""
    text = " ".join(words)
    for mark in ".,?":
        text = text.replace(f" {mark}", mark)
    encoding = tokenizer.encode(text)
    wanted, previous, word = [], None, -1
    for place in encoding.word_ids:
        word += place is not None and place != previous
        wanted.append(-100 if place is None or place == previous else LABELS.index(labels[word]))
        previous = place
    return encoding.ids[:POSITIONS], wanted[:POSITIONS]


if __name__ == "__main__":
    main()
