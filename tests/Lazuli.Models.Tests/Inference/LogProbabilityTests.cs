using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class LogProbabilityTests
{
    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public void Probabilities_sum_to_one_and_the_likeliest_come_first_with_the_lower_id_on_ties()
    {
        float[] logits = [1, 3, -2, 3, float.NegativeInfinity];
        var reader = new LogProbabilityReader(5);
        reader.Take(logits);
        Assert.Equal(1, Enumerable.Range(0, 5).Sum(id => Math.Exp(reader.Of(id))), 12);
        Assert.Equal(-1, reader.Of(0) - reader.Of(1) + 1, 6);
        Assert.Equal(double.NegativeInfinity, reader.Of(4));
        Assert.Equal([1, 3, 0], reader.Likeliest(3));
        Assert.Equal([1, 3, 0, 2, 4], reader.Likeliest(20));
        Assert.Empty(reader.Likeliest(0));
    }

    [Fact]
    public async Task Each_token_of_an_answer_is_told_before_its_text_with_what_the_model_held_likely()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();
        var tokens = new List<GenerationEvent.TokenChosen>();
        string text = "";
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text("abc"), MaxTokens = 7, Sampling = new SamplingOptions { Temperature = 0 }, TopLogProbabilities = 2 };
        await foreach (GenerationEvent next in engine.GenerateAsync(request, TestEnd))
        {
            if (next is GenerationEvent.TokenChosen token)
            {
                Assert.Equal(text.Length, tokens.Count); // a letter a token
                tokens.Add(token);
            }
            else if (next is GenerationEvent.TextDelta delta)
            {
                text += delta.Text;
            }
        }

        Assert.Equal(7, tokens.Count);
        Assert.Equal(text, string.Concat(tokens.Select(t => t.Token.Text)));
        Assert.All(tokens, t =>
        {
            Assert.Equal(2, t.Likeliest.Count);
            Assert.Equal(t.Token, t.Likeliest[0] with { Bytes = t.Token.Bytes }); // temperature 0 takes the likeliest
            Assert.InRange(t.Token.LogProbability, -20, 0);
            Assert.True(t.Likeliest[0].LogProbability >= t.Likeliest[1].LogProbability);
        });
    }

    [Fact]
    public async Task Log_probabilities_change_nothing_about_the_answer()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text("abc"), MaxTokens = 12, Sampling = new SamplingOptions { Seed = 5 } };
        string without = (await engine.GenerateWholeAsync(request, TestEnd)).Text;
        Assert.Equal(without, (await engine.GenerateWholeAsync(request with { TopLogProbabilities = 5 }, TestEnd)).Text);
    }

    [Fact]
    public async Task A_bias_forbids_a_token_and_one_outside_the_vocabulary_is_refused()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text("abc"), MaxTokens = 1, Sampling = new SamplingOptions { Temperature = 0 }, TopLogProbabilities = 0 };
        int first = await FirstTokenAsync(engine, request);
        int second = await FirstTokenAsync(engine, request with { Sampling = request.Sampling with { LogitBias = new Dictionary<int, double> { [first] = -100 } } });
        Assert.NotEqual(first, second);
        EngineRefusedException refused = await Assert.ThrowsAsync<EngineRefusedException>(() => engine.GenerateWholeAsync(request with { Sampling = request.Sampling with { LogitBias = new Dictionary<int, double> { [1 << 20] = 1 } } }, TestEnd));
        Assert.Equal(EngineRefusal.TokenOutOfVocabulary, refused.Reason);
    }

    [Fact]
    public async Task A_strong_frequency_penalty_keeps_tokens_from_coming_back()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text("abc"), MaxTokens = 12, Sampling = new SamplingOptions { Temperature = 0, RepetitionPenalty = 10, FrequencyPenalty = 2, PresencePenalty = 2 } };
        string text = (await engine.GenerateWholeAsync(request, TestEnd)).Text;
        string plain = (await engine.GenerateWholeAsync(request with { Sampling = new SamplingOptions { Temperature = 0 } }, TestEnd)).Text;
        Assert.True(text.Distinct().Count() >= plain.Distinct().Count(), $"{text} against {plain}");
        Assert.Equal(text.Length, text.Distinct().Count());
    }

    private static async Task<int> FirstTokenAsync(InferenceEngine engine, GenerationRequest request)
    {
        await foreach (GenerationEvent next in engine.GenerateAsync(request, TestEnd))
        {
            if (next is GenerationEvent.TokenChosen token)
            {
                return token.Token.Id;
            }
        }

        return -1;
    }
}
