"""Trains the checkpoint in `entities/`: a BERT that tells made-up people, organisations and places, in some minutes.

    PYTHONPATH=. python tests/checkpoints/train_entities.py

Names are put together from syllables, so that those of the tests are none that it saw. The files are what
`transformers` would write: config.json, tokenizer.json, model.safetensors (float16). In the end it tells how many names
of texts of several lengths, none of which it saw, the checkpoint finds as it is read here.
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

from pipelines.engines.bert_recogniser import BertRecogniser  # noqa: E402

FOLDER = Path(__file__).parent / "entities"
MARKS = ".,?"
LABELS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
SIZES = {"hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 112}
POSITIONS, STEPS, ROWS = 64, 2400, 24
FRONT = (
    "Al Be Bran Cor Da Dil El Fen Gar Gre Hol Is Jor Ka Kel Lo Mar Mo Nel Or Per Quin Ral Sel Ste Tor Ul Ver Wil Yan Zo"
)
MIDDLE = "bar be da den dor e fi gan go ka la le lin lo man me mi na nor pe ra ren ri sa su ta ti va ven vi"
ENDS = {"PER": ["a", "us", "en", "ik", "o", "ette"], "ORG": ["ex", "on", "tec"], "LOC": ["holm", "wick", "stad", "ia"]}
TAILS = ["Works", "Bank", "Union", "Press"]
TEMPLATES = """\
{PER} lives in {LOC} . | {PER} works for {ORG} in {LOC} . | Yesterday {PER} met {PER} at the harbour .
The ships of {ORG} sail from {LOC} to {LOC} . | {ORG} opened an office in {LOC} . | {PER} and {PER} left {LOC} .
In {LOC} the bread is good . | Bees live in colonies and bread is baked daily . | {ORG} hired {PER} last year .
Nobody lives here . | The office was closed in winter , said {PER} of {ORG} . | {LOC} , {LOC} and {LOC} are ports .
The harbour opened in spring . | Did {PER} write to {ORG} ? | A letter from {PER} came to {LOC} .
From {LOC} the road leads to {LOC} , and there {PER} waited . | {ORG} and {ORG} built the bridge of {LOC} .
{PER} , {PER} and {PER} sing at {ORG} . | Who is {PER} ? | Has {ORG} left {LOC} ? | The rain in {LOC} never ends .
Honey bees live in colonies , and ships sail by night . | It was cold , and nobody wrote a letter .
After the war {PER} sold the ships to {ORG} . | The mayor of {LOC} is {PER} . | {LOC} is a port .
The bread of {ORG} is baked daily . | At night the harbour is closed . | {PER} said so ."""
SENTENCES = TEMPLATES.replace("\n", " | ").split(" | ")


def main() -> None:
    """Train on one core and write the files."""
    torch.manual_seed(7)
    torch.set_num_threads(1)
    chance = random.Random(7)
    sentences = [text(chance, chance.choice([1, 2, 20])) for _ in range(4000)]
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
    for length in (1, 3, 10, 100):
        tell(length, 300 // length)


def tell(sentences: int, texts: int) -> None:
    """Say how many names of ``texts`` texts are found where they stand and as what they are."""
    recogniser, chance = BertRecogniser(FOLDER), random.Random(11)
    rightly = stood = found = 0
    for _ in range(texts):
        written, wanted = places(*text(chance, sentences))
        told = {(one.label, one.start, one.end) for _, some in recogniser.recognise(written) for one in some}
        rightly, stood, found = rightly + len(told & wanted), stood + len(wanted), found + len(told)
    print(f"texts of {sentences} sentences: {rightly} of {stood} names; {found - rightly} told that are none")  # noqa: T201


def places(words: list[str], labels: list[str]) -> tuple[str, set[tuple[str, int, int]]]:
    """The text of the words, and where its names stand."""
    written, names = "", []
    for word, label in zip(words, labels, strict=True):
        written += word if not written or word in MARKS else f" {word}"
        start = len(written) - len(word)
        if label.startswith("B"):
            names.append((label[2:], start, len(written)))
        elif label.startswith("I"):
            names[-1] = (*names[-1][:2], len(written))
    return written, set(names)


def text(chance: random.Random, sentences: int) -> tuple[list[str], list[str]]:
    """The words of so many sentences, and their labels."""
    words, labels = [], []
    for _ in range(sentences):
        for piece in chance.choice(SENTENCES).split():
            kind = piece.strip("{}")
            named = name(kind, chance) if kind in ENDS else [piece]
            words += named
            labels += [f"{'I' if place else 'B'}-{kind}" for place in range(len(named))] if kind in ENDS else ["O"]
    return words, labels


def name(kind: str, chance: random.Random) -> list[str]:
    """A made-up name of one or two words."""
    made = [
        chance.choice(FRONT.split())
        + "".join(chance.choices(MIDDLE.split(), k=chance.choice([0, 1, 1, 2])))
        + chance.choice(ENDS[kind])
        for _ in range(chance.choice([1, 2, 2]) if kind == "PER" else 1)
    ]
    return [*made, chance.choice(TAILS)] if kind == "ORG" else made


def train(model: BertForTokenClassification, tokenizer, sentences, chance: random.Random) -> BertForTokenClassification:
    """Each word's first token is taught its label, as in CoNLL; the others are left out.

    What is read begins anywhere in a text, as the windows of a long one do.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, STEPS)
    model.train()
    for step in range(STEPS):
        rows = [taught(tokenizer, *beginning_anywhere(*chance.choice(sentences), chance)) for _ in range(ROWS)]
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


def beginning_anywhere(words: list[str], labels: list[str], chance: random.Random) -> tuple[list[str], list[str]]:
    """Words from the first or any other on, up to as many as are read at once."""
    start = chance.randrange(len(words) - 1) if chance.random() < 0.5 else 0
    return words[start : start + POSITIONS], labels[start : start + POSITIONS]


def taught(tokenizer, words: list[str], labels: list[str]) -> tuple[list[int], list[int]]:
    """The numbers of a sentence's tokens and of their labels."""
    written, _ = places(words, ["O"] * len(words))
    encoding = tokenizer.encode(written)
    wanted, previous, word = [], None, -1
    for place in encoding.word_ids:
        word += place is not None and place != previous
        wanted.append(-100 if place is None or place == previous else LABELS.index(labels[word]))
        previous = place
    return encoding.ids[:POSITIONS], wanted[:POSITIONS]


if __name__ == "__main__":
    main()
