// Times llama.cpp (the npm package node-llama-cpp) on a GGUF file, to stand beside `lazuli bench infer`: prefill of P tokens, N decoded tokens, one sequence.
// Usage: node bench/peers/llama-cpp.mjs NODE_MODULES FILE.gguf [P=512] [N=64] [threads=2]
// Prints one line of JSON. Medians of the repeats; tokens are fixed numbers that look random, as in our own measurement.
import {pathToFileURL} from "node:url";
import {resolve, join} from "node:path";
import {performance} from "node:perf_hooks";

const [modules, file, prompt = "512", decoded = "64", threadCount = "2"] = process.argv.slice(2);
if (!file) {
    console.error("usage: node bench/peers/llama-cpp.mjs NODE_MODULES FILE.gguf [prompt tokens] [decoded tokens] [threads]");
    process.exit(2);
}

const repeats = 5, P = Number(prompt), N = Number(decoded), threads = Number(threadCount);
const {getLlama} = await import(pathToFileURL(resolve(join(modules, "node-llama-cpp/dist/index.js"))));
const llama = await getLlama({gpu: false, build: "never", skipDownload: true, logLevel: "error", maxThreads: threads});
const model = await llama.loadModel({modelPath: resolve(file), gpuLayers: 0});
const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
const tokens = Array.from({length: Math.max(P, N)}, (_, i) => 300 + ((i * 7919) % (vocabulary - 300)));
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

// Every repeat starts from nothing: a context that is kept would find the prompt in its cache.
const prefill = [], decode = [];
for (let repeat = 0; repeat <= repeats; repeat++) {
    const context = await model.createContext({contextSize: Math.max(P, N) + 64, batchSize: 512, sequences: 1, threads});
    const sequence = context.getSequence();
    let start = performance.now();
    await sequence.controlledEvaluate(tokens.slice(0, P).map((id, i) => i === P - 1 ? [id, {generateNext: {probabilities: false, confidence: false, token: true}}] : id));
    const first = (performance.now() - start) / 1000;
    await sequence.clearHistory();
    start = performance.now();
    for (let i = 0; i < N; i++)
        await sequence.controlledEvaluate([[tokens[i], {generateNext: {token: true}}]]);
    const second = (performance.now() - start) / 1000;
    await context.dispose();
    if (repeat > 0) { // the first warms up
        prefill.push(P / first);
        decode.push(N / second);
    }
}

const result = {file, threads, prompt: P, prefillTokensPerSecond: median(prefill), decoded: N, decodeTokensPerSecond: median(decode), llamaCpp: llama.llamaCppRelease};
process.stdout.write(JSON.stringify(result) + "\n", () => process.exit(0));
