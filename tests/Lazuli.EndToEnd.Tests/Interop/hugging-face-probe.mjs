// Reads a model folder's tokenizer and chat template with Hugging Face's own JavaScript libraries and prints what they make of it.
// Argument: a JSON file { modules, folder, texts, messages }.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";
import {join} from "node:path";

const ask = JSON.parse(readFileSync(process.argv[2], "utf8"));
const load = (path) => import(pathToFileURL(join(ask.modules, path)));
const {Tokenizer} = await load("@huggingface/tokenizers/dist/tokenizers.mjs");
const {Template} = await load("@huggingface/jinja/dist/index.js");
const read = (name) => JSON.parse(readFileSync(join(ask.folder, name), "utf8"));
const config = read("tokenizer_config.json");
const tokenizer = new Tokenizer(read("tokenizer.json"), config);
const dialogue = new Template(config.chat_template).render({messages: ask.messages, add_generation_prompt: true, bos_token: config.bos_token, eos_token: config.eos_token});
console.log(JSON.stringify({
    ids: ask.texts.map((text) => tokenizer.encode(text).ids),
    texts: ask.texts.map((text) => tokenizer.decode(tokenizer.encode(text).ids)),
    dialogue,
    dialogueIds: tokenizer.encode(dialogue).ids
}));
