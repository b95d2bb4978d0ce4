using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

/// <summary>Every parser of outside data, on inputs changed by chance: each is taken or refused with the parser's own error, in bounded time and memory.</summary>
/// <remarks><c>./test</c> tries some hundreds of each, always the same; <c>./test --long</c> tries for a minute each, from a seed of the day that a failure names.</remarks>
public sealed class ParserFuzzTests : IDisposable
{
    private const int Rounds = 300;
    private const long MostBytes = 512L << 20;

    private static readonly bool s_long = Environment.GetEnvironmentVariable("LAZULI_TEST_LONG") == "1";
    private static readonly TimeSpan s_mostOfOne = TimeSpan.FromSeconds(20); // on a machine that does other things as well

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Gguf_files()
    {
        GgufFile.Write(_folder["a"], new SampleModel(SampleModel.Llama(4, 2, headSize: 16), 3, awkward: false).Package(), GgufEncoding.Q8_0);
        GgufFile.Write(_folder["b"], new SampleModel(SampleModel.Gpt2(), 3, awkward: false).Package(), GgufEncoding.F16);
        Fuzz([File.ReadAllBytes(_folder["a"]), File.ReadAllBytes(_folder["b"])], ["GGUF", "GGLN", "general.alignment", "blk.0.attn_q.weight", "tokenizer.ggml.tokens"], bytes =>
        {
            using GgufModelFile file = GgufModelFile.Open(_folder.Put("f", bytes));
            file.Tokenizer.Encode("the text"u8, []);
            _ = file.FindNonFinite(TestContext.Current.CancellationToken);
        }, typeof(GgufFormatException), typeof(TokenizerFormatException));
    }

    [Fact]
    public void Safetensors_files_and_configurations()
    {
        HuggingFaceFolder.Write(_folder["hf"], new SampleModel(SampleModel.Llama(4, 2, headSize: 16), 3, awkward: false).Package());
        byte[] weights = File.ReadAllBytes(Path.Combine(_folder["hf"], "model.safetensors")), config = File.ReadAllBytes(Path.Combine(_folder["hf"], "config.json"));
        Fuzz([weights], ["\"dtype\":\"F32\"", "\"data_offsets\":[0,4]", "{", "}", "__metadata__"], bytes =>
        {
            using SafetensorsFile file = SafetensorsFile.Open(_folder.Put("w", bytes));
        }, typeof(SafetensorsFormatException));
        Fuzz([config], ["\"rope_scaling\":{\"rope_type\":\"llama3\"}", "null", "-1", "1e99", "[", "{\"a\":"], bytes => HuggingFaceConfig.Read(_folder.Put("config.json", bytes)), typeof(ModelFormatException));
    }

    [Fact]
    public void Tokenizer_files()
    {
        HuggingFaceFolder.Write(_folder["hf"], new SampleModel(SampleModel.Llama(4, 2, headSize: 16), 3, awkward: false).Package());
        Fuzz([File.ReadAllBytes(Path.Combine(_folder["hf"], "tokenizer.json"))], ["\"merges\":[", "\"Ġthe\"", "\\uD800", "\"byte_fallback\":true", "\"added_tokens\":[]", "null"],
            bytes => TokenizerJson.Parse(bytes, "tokenizer.json").Encode("the text"u8, []), typeof(TokenizerFormatException));
    }

    [Fact]
    public void Chat_templates()
    {
        var values = new Dictionary<string, object?>
        {
            ["messages"] = new List<object?> { new Dictionary<string, object?> { ["role"] = "user", ["content"] = "hello" } },
            ["add_generation_prompt"] = true,
            ["bos_token"] = "<s>",
            ["eos_token"] = "</s>",
        };
        string[] words = ["{% for i in range(999999999) %}", "{% endfor %}", "{{", "}}", "{%-", "-%}", "|trim", "|join", "[::-1]", "'a' * 99999999", "loop.index", "{% set x = x ~ x %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "(((("];
        Fuzz([.. new[] { PublishedTemplates.ChatMl, PublishedTemplates.SmolLm2, PublishedTemplates.Llama2, PublishedTemplates.Llama3, PublishedTemplates.Llama31 }.Select(Encoding.UTF8.GetBytes)], words,
            bytes => _ = JinjaTemplate.Parse(Encoding.UTF8.GetString(bytes)).Render(values), typeof(JinjaException));
    }

    [Fact]
    public void Json_schemas()
    {
        string[] schemas =
        [
            """{"type":"object","properties":{"name":{"type":"string","maxLength":8},"age":{"type":"integer","minimum":0,"maximum":150},"tags":{"type":"array","items":{"enum":["a","b"]},"maxItems":3}},"required":["name","age","tags"],"additionalProperties":false}""",
            """{"$defs":{"node":{"type":"object","properties":{"value":{"type":"number"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["value","next"],"additionalProperties":false}},"$ref":"#/$defs/node"}""",
            """{"type":"string","pattern":"^[a-z]{2,5}-[0-9]+$"}""",
        ];
        string[] words = ["{\"type\":\"array\",\"items\":", "\"minItems\":999999999", "\"pattern\":\"(a*)*b\"", "\"$ref\":\"#\"", "\"anyOf\":[", "}", "]", "\"maxLength\":-1", "\"enum\":[]"];
        Fuzz([.. schemas.Select(Encoding.UTF8.GetBytes)], words, bytes =>
        {
            using JsonDocument schema = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 512 });
            _ = Grammar.FromJsonSchema(schema.RootElement);
        }, typeof(GrammarException), typeof(JsonException));
    }

    [Fact]
    public void Regular_expressions_and_grammars()
    {
        string[] expressions = ["[a-z]+(foo|bar)?[^0-9]{2,7}", "(\\d{1,3}\\.){3}\\d{1,3}", "\\w+@\\w+\\.(com|org)", "(?:a|b)*c{0,50}"];
        Fuzz([.. expressions.Select(Encoding.UTF8.GetBytes)], ["(a|a)*", "{9999}", "{1,999}", "[^", "\\p{L}", "(?=", "\\1", "((((", "|"], bytes => _ = Grammar.FromRegex(Encoding.UTF8.GetString(bytes)), typeof(GrammarException));
        string[] grammars = ["root ::= greeting \" \" name\ngreeting ::= \"hello\" | \"hi\"\nname ::= [A-Z] [a-z]{1,9}\n", "root ::= expr\nexpr ::= term (\"+\" term)*\nterm ::= [0-9]+ | \"(\" expr \")\"\n"];
        Fuzz([.. grammars.Select(Encoding.UTF8.GetBytes)], ["root ::= root", "::=", "{1,99999}", "[\\x00-\\U0010FFFF]", "\n", "(", "*", "#"], bytes => _ = Grammar.FromGbnf(Encoding.UTF8.GetString(bytes)), typeof(GrammarException));
    }

    private static void Fuzz(byte[][] inputs, string[] words, Action<byte[]> parse, params Type[] refusals)
    {
        foreach (byte[] input in inputs)
        {
            parse(input); // sound as they are
        }

        int seed = s_long ? Environment.TickCount : 1;
        var mutator = new Mutator(seed);
        var all = Stopwatch.StartNew();
        int refused = 0, round = 0;
        for (; s_long ? all.Elapsed < TimeSpan.FromMinutes(1) : round < Rounds; round++)
        {
            byte[] bytes = mutator.Next(inputs, words);
            string What(string happened) => string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, round {round}: {happened}. Input (base64, {bytes.Length} bytes): {Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, 4_000)))}");
            long start = Stopwatch.GetTimestamp(), allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                parse(bytes);
            }
            catch (Exception e) when (refusals.Any(type => type.IsInstanceOfType(e)))
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail(What($"{e.GetType().Name}: {e.Message} {e.StackTrace}"));
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < s_mostOfOne, What($"took {Stopwatch.GetElapsedTime(start)}"));
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < MostBytes, What($"allocated {GC.GetAllocatedBytesForCurrentThread() - allocated} bytes"));
        }

        Assert.InRange(refused, round / 10, round);
    }
}
