using System.Text;
using Lazuli.Contracts;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>From a corpus to a tokenizer and a packed, registered data set.</summary>
internal sealed class InputPreparation(Installation installation, StageDisplay stages)
{
    /// <summary>Trains the tokenizer of <paramref name="recipe"/> on the training side of <paramref name="corpus"/>, or loads the one it names; keeps it at <paramref name="tokenizerPath"/>.</summary>
    public async Task<BpeTokenizer> TokenizerAsync(ICorpus corpus, TokenizerRecipe recipe, string tokenizerPath, CancellationToken cancellationToken)
    {
        string? existing = File.Exists(tokenizerPath) ? tokenizerPath : recipe.Path;
        if (existing is not null)
        {
            return BpeTokenizer.Load(existing);
        }

        BpeTokenizer tokenizer = await TrainTokenizerAsync(stages, corpus, new BpeTrainingOptions { VocabularySize = recipe.VocabularySize, Split = recipe.Split }, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(tokenizerPath))!);
        tokenizer.Save(tokenizerPath);
        return tokenizer;
    }

    /// <summary>Trains a tokenizer on the training side of <paramref name="corpus"/>.</summary>
    public static Task<BpeTokenizer> TrainTokenizerAsync(StageDisplay stages, ICorpus corpus, BpeTrainingOptions options, CancellationToken cancellationToken) =>
        stages.RunAsync("Training the tokenizer", progress =>
        {
            var told = new InlineProgress<BpeTrainingProgress>(p => progress.Report((double)p.MergesDone / Math.Max(1, p.MergesWanted), $"{p.MergesDone:N0} of {p.MergesWanted:N0} merges"));
            return BpeTrainer.Train(TrainingText(corpus, cancellationToken), options, told, cancellationToken);
        });

    /// <summary>Packs <paramref name="corpus"/> once for these settings, and registers the data set.</summary>
    public async Task<TrainingInputs> DataSetAsync(ICorpus corpus, BpeTokenizer tokenizer, DataSetSettings settings, string name, string license, CancellationToken cancellationToken)
    {
        string digest = DataSetPreparer.DigestInputs(corpus, tokenizer, settings, cancellationToken);
        string folder = Path.Combine(installation.DataSetsFolder, $"{name}-{new ContentDigest(digest).Short}");
        PreparedDataSet prepared = await stages.RunAsync("Packing the data set", progress =>
        {
            var told = new InlineProgress<long>(documents => progress.Report(0, $"{documents:N0} documents"));
            return DataSetPreparer.Prepare(corpus, tokenizer, settings, folder, told, cancellationToken);
        }).ConfigureAwait(false);
        PackedDataSet set = PackedDataSet.Open(prepared.Folder);
        await installation.Registry.RegisterDataSetAsync(
            new DataSetVersion
            {
                Name = name,
                Digest = new ContentDigest(set.Digest),
                Folder = prepared.Folder,
                CreatedAt = installation.Time.GetUtcNow(),
                Source = corpus.Source,
                License = license,
                TrainingTokens = set.RowCount(DataSplit.Train) * set.ContextLength,
                ValidationTokens = set.RowCount(DataSplit.HeldOut) * set.ContextLength,
            },
            cancellationToken).ConfigureAwait(false);
        return new TrainingInputs(tokenizer, set, prepared.Folder, corpus.Source, license);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> TrainingText(ICorpus corpus, CancellationToken cancellationToken) =>
        corpus.ReadDocuments(cancellationToken)
            .Where(d => d.Split == DataSplit.Train)
            .SelectMany(d => d.Contents)
            .Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text));
}
