using System.Text.Json;
using System.Text.RegularExpressions;
using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

/// <summary>Whatever a model of random weights says, a constraint makes it say what was asked for.</summary>
public class ConstrainedAnswerTests
{
    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_keep_to_a_schema_whatever_the_seed()
    {
        using JsonDocument schema = JsonDocument.Parse("""{"type":"object","properties":{"name":{"type":"string","maxLength":6},"kind":{"enum":["a","b"]},"size":{"type":"integer","minimum":0,"maximum":99}},"required":["name","kind","size"],"additionalProperties":false}""");
        await using InferenceEngine engine = TinyModel.Llama(context: 256).Start();
        int whole = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            GenerationResult result = await SayAsync(engine, new OutputConstraint.JsonSchema(schema.RootElement), seed);
            if (result.Choices[0].Reason == FinishReason.Length)
            {
                continue; // strings of random bytes are long; what came is only a beginning
            }

            whole++;
            using JsonDocument answer = JsonDocument.Parse(result.Text);
            Assert.Equal(["name", "kind", "size"], answer.RootElement.EnumerateObject().Select(p => p.Name));
            Assert.Contains(answer.RootElement.GetProperty("kind").GetString(), (string[])["a", "b"]);
            Assert.InRange(answer.RootElement.GetProperty("size").GetInt32(), 0, 99);
        }

        Assert.InRange(whole, 1, 12);
    }

    [Fact]
    public async Task Answers_match_a_regular_expression_or_are_one_of_the_choices()
    {
        await using InferenceEngine engine = TinyModel.Llama().Start();
        for (int seed = 0; seed < 8; seed++)
        {
            Assert.Matches(new Regex("^[a-c]{2,5}-[0-9]{3}$"), (await SayAsync(engine, new OutputConstraint.Regex("[a-c]{2,5}-[0-9]{3}"), seed)).Text);
            Assert.Contains((await SayAsync(engine, new OutputConstraint.Choice(["yes", "no", "naïve"]), seed)).Text, (string[])["yes", "no", "naïve"]);
            Assert.Matches("^(ab){1,2}!$", (await SayAsync(engine, new OutputConstraint.Gbnf("root ::= \"ab\" \"ab\"? \"!\""), seed)).Text);
        }
    }

    [Fact]
    public async Task A_constraint_that_is_not_supported_is_refused_and_the_engine_goes_on()
    {
        using JsonDocument schema = JsonDocument.Parse("""{"type":"nonsense"}""");
        await using InferenceEngine engine = TinyModel.Llama().Start();
        EngineRefusedException refused = await Assert.ThrowsAsync<EngineRefusedException>(() => SayAsync(engine, new OutputConstraint.JsonSchema(schema.RootElement), 1));
        Assert.Equal(EngineRefusal.ConstraintNotSupported, refused.Reason);
        await Assert.ThrowsAsync<EngineRefusedException>(() => SayAsync(engine, new OutputConstraint.Regex("(unclosed"), 1));
        Assert.Equal("yes", (await SayAsync(engine, new OutputConstraint.Choice(["yes"]), 1)).Text);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_constrained_answer_in_company()
    {
        await using InferenceEngine engine = TinyModel.Llama().Start();
        var constraint = new OutputConstraint.Regex("[a-z ]{20,30}");
        string alone = (await SayAsync(engine, constraint, 3)).Text;
        Task<GenerationResult>[] crowd = [.. Enumerable.Range(0, 6).Select(i => SayAsync(engine, i == 4 ? constraint : new OutputConstraint.Choice([new string('x', 20 + i)]), 3))];
        Assert.Equal(alone, (await crowd[4]).Text);
        await Task.WhenAll(crowd);
    }

    private static Task<GenerationResult> SayAsync(InferenceEngine engine, OutputConstraint constraint, int seed) => engine.GenerateWholeAsync(
        new GenerationRequest { Prompt = new GenerationPrompt.Text("ab"), MaxTokens = 100, Constraint = constraint, Sampling = new SamplingOptions { Seed = seed } }, TestEnd);
}
