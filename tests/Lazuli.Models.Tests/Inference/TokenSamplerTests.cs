using CsCheck;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Testing;

namespace Lazuli.Models.Tests;

public class TokenSamplerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    [InlineData(8192)]
    public void Greedy_takes_the_likeliest_and_the_lowest_id_on_ties(int vocabulary)
    {
        float[] logits = Logits(vocabulary, seed: 3);
        int[] ties = [vocabulary / 3, vocabulary / 2, vocabulary - 1];
        foreach (int id in ties)
        {
            logits[id] = 100;
        }

        Assert.Equal(ties.Min(), new TokenSampler(vocabulary).Choose(logits, new SamplingOptions { Temperature = 0 }, 0.9));
    }

    [Fact]
    public void Answers_minus_one_when_logits_are_not_finite()
    {
        float[] logits = Logits(40, seed: 1);
        logits[17] = float.NaN;
        Assert.Equal(-1, new TokenSampler(40).Choose(logits, new SamplingOptions(), 0.5));
        logits[17] = float.PositiveInfinity;
        Assert.Equal(-1, new TokenSampler(40).Choose(logits, new SamplingOptions { Temperature = 0 }, 0.5));
        Array.Fill(logits, float.NegativeInfinity);
        Assert.Equal(-1, new TokenSampler(40).Choose(logits, new SamplingOptions(), 0.5));
    }

    [Fact]
    public void Never_takes_an_id_past_the_tokenizer()
    {
        float[] logits = Logits(64, seed: 1);
        logits[60] = 100;

        var sampler = new TokenSampler(vocabularySize: 50);

        Assert.All(Grid(500), u => Assert.InRange(sampler.Choose(logits, new SamplingOptions(), u), 0, 49));
    }

    [Fact]
    public void Never_takes_a_token_of_probability_0()
    {
        float[] logits = new float[3000];
        Array.Fill(logits, float.NegativeInfinity);
        logits[1500] = 1;
        logits[1501] = 2;

        var sampler = new TokenSampler(3000);

        Assert.All([.. Grid(50), 0.0, Math.BitDecrement(1.0)], u => Assert.InRange(sampler.Choose(logits, new SamplingOptions(), u), 1500, 1501));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 0.8)]
    [InlineData(40, 1)]
    public void Min_p_keeps_exactly_the_tokens_that_are_likely_enough_beside_the_likeliest(int topK, double topP)
    {
        float[] logits = Logits(300, seed: 11);
        var options = new SamplingOptions { Temperature = 0.8, MinP = 0.2, TopK = topK, TopP = topP };
        float max = logits.Max();
        int[] likely = [.. Enumerable.Range(0, 300).Where(id => Math.Exp((logits[id] - max) / 0.8) >= 0.2)];
        var sampler = new TokenSampler(300);

        int[] drawn = [.. Grid(4000).Select(u => sampler.Choose(logits, options, u)).Distinct().Order()];

        Assert.InRange(likely.Length, 2, 40);
        Assert.All(drawn, id => Assert.Contains(id, likely));
        if (topP == 1)
        {
            Assert.Equal(likely, drawn);
        }
    }

    [Fact]
    public void A_temperature_near_0_is_greedy()
    {
        float[] logits = Logits(500, seed: 9);
        var sampler = new TokenSampler(500);
        int greedy = sampler.Choose(logits, new SamplingOptions { Temperature = 0 }, 0);

        Assert.All(Grid(20), u => Assert.Equal(greedy, sampler.Choose(logits, new SamplingOptions { Temperature = 1e-4 }, u)));
        Assert.All(Grid(20), u => Assert.Equal(greedy, sampler.Choose(logits, new SamplingOptions { Temperature = double.Epsilon }, u)));
    }

    /// <summary>Random numbers on an even grid turn the draw into an integral: each token must come as often as a plain sort-everything reference in double says.</summary>
    [Fact]
    public void Draws_with_the_probabilities_of_the_reference()
    {
        Gen<SamplingOptions> options = Gen.Select(Gen.Double[0.2, 2.0], Gen.OneOf(Gen.Const(1.0), Gen.Double[0.05, 0.99]), Gen.OneOf(Gen.Const(0), Gen.Int[2, 40]))
            .Select((temperature, topP, topK) => new SamplingOptions { Temperature = temperature, TopP = topP, TopK = topK });
        Gen.Select(options, Gen.Int[2, 2500], Gen.Int[0, 100_000]).Sample((chosen, vocabulary, seed) =>
        {
            const int Draws = 2000;
            float[] logits = Logits(vocabulary, seed);
            var sampler = new TokenSampler(vocabulary);
            var counts = new int[vocabulary];
            foreach (double u in Grid(Draws))
            {
                counts[sampler.Choose(logits, chosen, u)]++;
            }

            double[] expected = Reference(logits, chosen);
            for (int id = 0; id < vocabulary; id++)
            {
                // One grid point at each end of a token's interval, and float weights.
                Assert.True(Math.Abs(counts[id] - (expected[id] * Draws)) < 1.6 + (expected[id] * Draws * 1e-4), $"Token {id}: {counts[id]} of {Draws}, expected probability {expected[id]}, {chosen}, vocabulary {vocabulary}.");
            }
        }, iter: 60);
    }

    [Theory]
    [InlineData(0.5, 0, 500)]
    [InlineData(0.9999, 0, 1000)]
    [InlineData(0.5, 100, 50)]
    [InlineData(1e-9, 0, 1)]
    public void Ties_enter_the_nucleus_by_id(double topP, int topK, int expected)
    {
        var logits = new float[1000];
        var sampler = new TokenSampler(1000);

        IEnumerable<int> chosen = Grid(5000).Select(u => sampler.Choose(logits, new SamplingOptions { TopP = topP, TopK = topK }, u)).Distinct().Order();

        Assert.Equal(Enumerable.Range(0, expected), chosen);
    }

    [Fact]
    public void Choosing_allocates_nothing()
    {
        float[] logits = Logits(8192, seed: 5);
        var sampler = new TokenSampler(8192);
        SamplingOptions[] all = [new() { Temperature = 0 }, new(), new() { TopP = 0.9 }, new() { TopK = 40 }, new() { TopK = 40, TopP = 0.5 }];
        Choose();

        ThreadAllocations counted = ThreadAllocations.Start();
        Choose();
        Assert.Equal(0, counted.Bytes);

        void Choose()
        {
            foreach (SamplingOptions options in all)
            {
                sampler.Choose(logits, options, 0.3);
            }
        }
    }

    [Fact]
    public void Keyed_numbers_depend_on_every_part_of_the_key_and_on_nothing_else()
    {
        double[] numbers =
        [
            KeyedRandom.Uniform(1, 0, 0), KeyedRandom.Uniform(2, 0, 0), KeyedRandom.Uniform(1, 1, 0), KeyedRandom.Uniform(1, 0, 1),
            KeyedRandom.Uniform(-1, 0, 0), KeyedRandom.Uniform(0, 1, 1), KeyedRandom.Uniform(long.MinValue, 127, 4095),
        ];

        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.All(numbers, number => Assert.InRange(number, 0, Math.BitDecrement(1.0)));
        Assert.Equal(numbers[3], KeyedRandom.Uniform(1, 0, 1));
    }

    [Fact]
    public void Keyed_numbers_fill_the_interval_evenly()
    {
        // 16 cells of 16,384 numbers each: a χ² of 15 degrees of freedom is below 37.7 in 99.9 % of cases.
        foreach (Func<int, double> number in (Func<int, double>[])[i => KeyedRandom.Uniform(i, 0, 0), i => KeyedRandom.Uniform(0, i, 7), i => KeyedRandom.Uniform(5, 1, i)])
        {
            const int Count = 16 * 16_384;
            var cells = new int[16];
            for (int i = 0; i < Count; i++)
            {
                cells[(int)(number(i) * 16)]++;
            }

            double chiSquare = cells.Sum(c => Math.Pow(c - (Count / 16.0), 2) / (Count / 16.0));
            Assert.InRange(chiSquare, 1.0, 37.7);
        }
    }

    private static IEnumerable<double> Grid(int count) => Enumerable.Range(0, count).Select(i => (i + 0.5) / count);

    private static float[] Logits(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 12) - 6))];
    }

    private static double[] Reference(float[] logits, SamplingOptions options)
    {
        int[] order = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).ThenBy(id => id)];
        if (options.TopK > 0)
        {
            order = order[..Math.Min(options.TopK, order.Length)];
        }

        double[] weights = [.. order.Select(id => Math.Exp((logits[id] - logits[order[0]]) / options.Temperature))];
        double mass = weights.Sum() * options.TopP;
        int kept = 0;
        double sum = 0;
        while (kept < order.Length && sum < mass)
        {
            sum += weights[kept++];
        }

        var probabilities = new double[logits.Length];
        for (int i = 0; i < kept; i++)
        {
            probabilities[order[i]] = weights[i] / sum;
        }

        return probabilities;
    }
}
