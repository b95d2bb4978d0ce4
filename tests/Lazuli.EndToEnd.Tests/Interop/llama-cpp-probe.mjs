// Loads a GGUF file with llama.cpp and prints, as one line of JSON, what it understood and computed.
// Argument: a JSON file { modules, model, texts, ids, special, greedy, embed }; embed: texts whose vectors are wanted, instead of the rest.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";
import {join} from "node:path";

const ask = JSON.parse(readFileSync(process.argv[2], "utf8"));
const {getLlama} = await import(pathToFileURL(join(ask.modules, "node-llama-cpp/dist/index.js")));
const llama = await getLlama({gpu: false, build: "never", skipDownload: true, logLevel: "warn", maxThreads: 1, logger: (level, message) => process.stderr.write(`${level}: ${message}\n`)});
const model = await llama.loadModel({modelPath: ask.model, gpuLayers: 0});
if (ask.embed) {
    const embedder = await model.createEmbeddingContext({contextSize: 256, threads: 1});
    const vectors = [];
    for (const text of ask.embed) vectors.push((await embedder.getEmbeddingFor(text)).vector);
    await new Promise((written) => process.stdout.write(JSON.stringify({vectors}) + "\n", written));
    process.exit(0);
}

const context = await model.createContext({
    contextSize: 256, sequences: 1, threads: 1, flashAttention: false,
    experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32" // the default rounds keys and values to 16 bits
});
const sequence = context.getSequence();
const logitsOf = (output) => {
    const row = new Array(model.fileInsights.tokenizerVocabSize ?? model.fileInfo.metadata.tokenizer.ggml.tokens.length);
    for (const [token, logit] of output.next.logits) row[token] = logit;
    return row;
};
const wanted = {generateNext: {logits: true}};
const outputs = await sequence.controlledEvaluate(ask.ids.map((id) => [id, wanted]));
const logits = outputs.map(logitsOf);
const continuation = [];
let last = logits.at(-1);
for (let i = 0; i < ask.greedy; i++) {
    const best = last.indexOf(Math.max(...last));
    continuation.push(best);
    last = logitsOf((await sequence.controlledEvaluate([[best, wanted]]))[0]);
}

const {general, tokenizer} = model.fileInfo.metadata;
const answer = JSON.stringify({
    architecture: general.architecture,
    fileType: general.file_type,
    trainContextSize: model.trainContextSize,
    bos: model.tokens.bos, eos: model.tokens.eos, eot: model.tokens.eot,
    prependsBos: model.tokens.shouldPrependBosToken,
    endsAt: ask.special.filter((id) => model.isEogToken(id)),
    chatTemplate: tokenizer.chat_template ?? null,
    ids: ask.texts.map((text) => model.tokenize(text, false)),
    logits,
    continuation
});
process.stdout.write(answer + "\n", () => process.exit(0)); // threads of the library would keep the process
