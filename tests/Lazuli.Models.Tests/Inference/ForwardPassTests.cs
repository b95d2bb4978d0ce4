using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

public class ForwardPassTests
{
    /// <summary>Two blocks of fp32 sums over at most 96 terms: a few thousand roundings of 6e-8, on logits of size 10.</summary>
    private const double LogitTolerance = 2e-4;

    public static TheoryData<ModelFamily, bool, int, int> Cases => new()
    {
        { ModelFamily.Llama, true, 1, 16 },
        { ModelFamily.Llama, false, 2, 16 },
        { ModelFamily.Llama, true, 3, 32 },
        { ModelFamily.Gpt2, true, 1, 16 },
        { ModelFamily.Gpt2, true, 2, 32 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_equal_the_plain_double_reference(ModelFamily family, bool tied, int threads, int pageSize)
    {
        TinyModel tiny = family == ModelFamily.Llama ? TinyModel.Llama(tied: tied) : TinyModel.Gpt2();
        int[] ids = Ids(70, seed: 4);
        double[][] expected = new UncachedTransformer(tiny).Logits(ids);

        float[][] got = Run(tiny, threads, pageSize, [ids], chunk: 33);

        for (int t = 0; t < ids.Length; t++)
        {
            for (int v = 0; v < tiny.Config.VocabularySize; v++)
            {
                Assert.True(Math.Abs(expected[t][v] - got[t][v]) < LogitTolerance, $"Position {t}, token {v}: {got[t][v]}, reference {expected[t][v]}.");
            }
        }
    }

    [Theory]
    [InlineData(ModelFamily.Llama)]
    [InlineData(ModelFamily.Gpt2)]
    public void Bits_do_not_depend_on_threads_chunks_or_neighbours(ModelFamily family)
    {
        TinyModel tiny = family == ModelFamily.Llama ? TinyModel.Llama() : TinyModel.Gpt2();
        int[] ids = Ids(70, seed: 4);
        float[][] alone = Run(tiny, threads: 1, pageSize: 16, [ids], chunk: 70);
        foreach (int threads in (int[])[1, 2, 3])
        {
            foreach (int chunk in (int[])[1, 7, 16, 70])
            {
                float[][] beside = Run(tiny, threads, pageSize: 16, [ids, Ids(41, seed: 5), Ids(90, seed: 6)], chunk);
                for (int t = 0; t < ids.Length; t++)
                {
                    Assert.Equal(alone[t], beside[t]);
                }
            }
        }
    }

    /// <summary>Against the plain reference, in shares of the logits' root mean square: keys and values to 11 bits, and to 8 bits a block.</summary>
    [Theory]
    [InlineData(KeyValueFormat.F16, 0.002)]
    [InlineData(KeyValueFormat.Q8_0, 0.03)]
    public void Keys_and_values_in_fewer_bits_stay_near_and_keep_their_bits_at_any_chunk(KeyValueFormat format, double bound)
    {
        var tiny = TinyModel.Of(TinyModel.Llama().Config with { HeadSize = 32 });
        int[] ids = Ids(70, seed: 4);
        double[][] expected = new UncachedTransformer(tiny).Logits(ids);
        using InferenceModel model = tiny.Load(threads: 2);
        float[][] got = Run(model, pageSize: 16, [ids], chunk: 33, format: format);
        double errors = expected.Zip(got).Sum(rows => rows.First.Zip(rows.Second).Sum(v => Math.Pow(v.First - v.Second, 2)));
        double size = expected.Sum(row => row.Sum(v => v * v));
        Assert.InRange(Math.Sqrt(errors / size), 1e-6, bound);

        foreach (int chunk in (int[])[1, 7, 70])
        {
            float[][] again = Run(model, pageSize: 16, [ids, Ids(41, seed: 5)], chunk, format: format);
            Assert.All(got.Zip(again), rows => Assert.Equal(rows.First, rows.Second));
        }
    }

    [Fact]
    public void A_step_without_wanted_logits_still_fills_the_cache()
    {
        TinyModel tiny = TinyModel.Llama();
        int[] ids = Ids(20, seed: 4);

        float[][] all = Run(tiny, threads: 1, pageSize: 16, [ids], chunk: 20);
        float[][] last = Run(tiny, threads: 1, pageSize: 16, [ids], chunk: 5, onlyLast: true);

        Assert.Equal(all[19], last[0]);
    }

    /// <summary>Feeds all sequences side by side in chunks; answers the logits of the first one.</summary>
    private static float[][] Run(TinyModel tiny, int threads, int pageSize, int[][] sequences, int chunk, bool onlyLast = false)
    {
        using InferenceModel model = tiny.Load(threads);
        return Run(model, pageSize, sequences, chunk, onlyLast);
    }

    /// <summary>The same for a model that is loaded.</summary>
    internal static float[][] Run(InferenceModel model, int pageSize, int[][] sequences, int chunk, bool onlyLast = false, KeyValueFormat format = KeyValueFormat.F32)
    {
        int context = model.Config.ContextLength;
        int pages = context / pageSize;
        using var cache = new PagedKeyValueCache(model.Backend, model.Config, new PageTable(sequences.Length, pages * sequences.Length, pageSize, pages), format);
        int rows = chunk * sequences.Length;
        using var forward = new ForwardPass(model, cache, rows, rows);
        var batch = new StepBatch(rows, rows, model.Config.VocabularySize);
        int[] slots = [.. sequences.Select(ids => cache.TryOpen(ids.Length, []))];
        var logits = new List<float[]>();
        for (int start = 0; start < sequences.Max(ids => ids.Length); start += chunk)
        {
            batch.Clear();
            var wanted = new List<int>();

            // The sequence watched comes last, so that its rows move when others are there.
            for (int s = sequences.Length - 1; s >= 0; s--)
            {
                for (int position = start; position < Math.Min(start + chunk, sequences[s].Length); position++)
                {
                    batch.Add(sequences[s][position], position, slots[s], cache.Table.PoolRow(slots[s], position));
                    if (s == 0 && (!onlyLast || position == sequences[0].Length - 1))
                    {
                        wanted.Add(batch.AskForLogits());
                    }
                }
            }

            forward.Run(batch);
            logits.AddRange(wanted.Select(row => batch.LogitsOf(row).ToArray()));
        }

        return [.. logits];
    }

    internal static int[] Ids(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(261))];
    }
}
