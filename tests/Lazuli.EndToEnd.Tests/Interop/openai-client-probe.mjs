// Calls a running server with the official OpenAI client for Node and prints, as one line of JSON, what the client made of the answers.
// Argument: a JSON file { modules, url, key, model, question }.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";
import {join} from "node:path";

const ask = JSON.parse(readFileSync(process.argv[2], "utf8"));
const {default: OpenAI} = await import(pathToFileURL(join(ask.modules, "openai/index.mjs")));
const client = new OpenAI({baseURL: ask.url, apiKey: ask.key, maxRetries: 0});
const messages = [{role: "user", content: ask.question}];
const models = [];
for await (const model of client.models.list()) models.push(model.id);

const whole = await client.chat.completions.create({model: ask.model, messages, temperature: 0, max_tokens: 16});
let streamed = "";
let usage = null;
let finish = null;
const stream = await client.chat.completions.create({model: ask.model, messages, temperature: 0, max_tokens: 16, stream: true, stream_options: {include_usage: true}});
for await (const part of stream) {
    streamed += part.choices[0]?.delta?.content ?? "";
    finish = part.choices[0]?.finish_reason ?? finish;
    usage = part.usage ?? usage;
}

const completion = await client.completions.create({model: ask.model, prompt: "Gets the", temperature: 0, max_tokens: 4});
const embed = async (format) => (await client.embeddings.create({model: ask.model, input: ["Gets the", ask.question], ...format})).data.map((d) => d.embedding);
const embeddings = {byDefault: await embed({}), floats: await embed({encoding_format: "float"})};
const echoed = await client.completions.create({model: ask.model, prompt: "Gets the", echo: true, logprobs: 1, max_tokens: 0});
const failure = async (action) => {
    try {
        await action();
        return null;
    } catch (error) {
        return {kind: error.constructor.name, status: error.status, code: error.code ?? null, message: error.message};
    }
};
const wrongKey = await failure(() => new OpenAI({baseURL: ask.url, apiKey: "lzk_wrong", maxRetries: 0}).models.list());
const wrongModel = await failure(() => client.chat.completions.create({model: "nobody", messages}));
const wrongValue = await failure(() => client.chat.completions.create({model: ask.model, messages, temperature: 9}));
console.log(JSON.stringify({models, whole, streamed, usage, finish, completion, embeddings, echoed, wrongKey, wrongModel, wrongValue}));
