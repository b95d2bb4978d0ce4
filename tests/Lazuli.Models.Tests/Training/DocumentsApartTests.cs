using Lazuli.Numerics;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>Documents that share a row, with attention kept inside each.</summary>
public sealed class DocumentsApartTests
{
    private const int Start = 18; // the id that begins a document
    private const int Length = 4;

    [Fact]
    public void Two_documents_in_a_row_learn_what_they_learn_in_rows_of_their_own()
    {
        (double loss, float[] gradients) = Learn(Length * 2, Start);
        (double alone, float[] gradientsAlone) = Learn(Length, documentStart: null);

        Assert.Equal(alone, loss, 1e-5);
        double size = Math.Sqrt(gradientsAlone.Sum(g => (double)g * g));
        Assert.True(Math.Sqrt(gradients.Zip(gradientsAlone, (a, b) => (double)(a - b) * (a - b)).Sum()) < 1e-5 * size);
    }

    [Fact]
    public void Without_the_mark_a_document_sees_the_one_before_it()
    {
        (double loss, _) = Learn(Length * 2, documentStart: null);
        (double alone, _) = Learn(Length, documentStart: null);

        Assert.NotEqual(alone, loss, 1e-5);
    }

    [Fact]
    public void A_run_refuses_to_keep_documents_apart_in_data_that_does_not_mark_them()
    {
        using var scratch = new Lazuli.Testing.TemporaryFolder();
        using var backend = new CpuBackend(1);
        Recipe recipe = ToyRuns.Recipe() with { Data = new DataRecipe { AttendWithinDocuments = true }, Embedding = new EmbeddingRecipe { WordFamilies = true } };

        TrainingException refused = Assert.Throws<TrainingException>(() => { new Trainer(backend, recipe, ToyRuns.Rows(), new TrainerOptions { RunDirectory = scratch.Path }, new RecordingObserver()).Dispose(); });

        Assert.Contains("data.attendWithinDocuments", refused.Message, StringComparison.Ordinal);
        Assert.Contains("embedding.wordFamilies", refused.Message, StringComparison.Ordinal);
    }

    private static (double Loss, float[] Gradients) Learn(int time, int? documentStart)
    {
        using var backend = new CpuBackend(1);
        var table = new ParameterTable(TinyModels.Llama());
        using var step = new TrainingStep(backend, table, new BatchRecipe { Tokens = Length * 4, Rows = Length * 4 / time }, new OptimizerRecipe(), time, documentStart);
        step.Initialize(seed: 3);
        var random = new Random(5);
        for (int i = 0; i < step.Ids.Length; i++)
        {
            step.Ids[i] = i % Length == 0 ? Start : random.Next(Start);
            step.Targets[i] = i % Length == Length - 1 ? -1 : random.Next(Start);
        }

        step.AccumulateGradients();
        var losses = new float[step.Ids.Length];
        backend.Download(step.Losses, losses.AsSpan());
        var gradients = new float[table.BufferLength];
        backend.Download(step.Buffers.Gradients, gradients.AsSpan());
        return (losses.Sum(l => (double)l), gradients);
    }
}
