using System.Buffers.Binary;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>Makes packed data sets: tokenises a corpus on two threads, packs it into rows and writes shards and manifest.</summary>
/// <remarks>
/// Everything is written beside the folder under a temporary name, synced, and renamed at the end: the folder is there whole or not
/// at all. Memory is bounded whatever the corpus's size. Equal inputs give equal bytes.
/// </remarks>
public static class DataSetPreparer
{
    private const int Threads = 2;
    private const int BatchDocuments = 1024;
    private const int BatchCharacters = 4 << 20;
    private const long MaxShardBytes = 256L << 20;

    /// <summary>Prepares <paramref name="corpus"/> in <paramref name="folder"/>; where that already holds a data set of the same inputs, it is returned untouched.</summary>
    /// <param name="corpus">The documents.</param>
    /// <param name="tokenizer">Gives the ids; it must have the end-of-text token, and the chat marks where the corpus holds dialogues.</param>
    /// <param name="settings">Length, packing and loss.</param>
    /// <param name="folder">Where the data set will be.</param>
    /// <param name="documentsDone">Hears, now and then, how many documents are done.</param>
    /// <param name="cancellationToken">Stops the work and removes what was written.</param>
    /// <exception cref="ArgumentException">A setting is outside its range, or the tokenizer does not fit the corpus.</exception>
    /// <exception cref="CorpusFormatException">The corpus cannot be read, or nothing in it trains.</exception>
    /// <exception cref="DataSetFormatException">The folder holds a damaged data set.</exception>
    /// <exception cref="IOException">The folder holds something else, another process is preparing it, or the disk refused.</exception>
    public static PreparedDataSet Prepare(
        ICorpus corpus, ITokenizer tokenizer, DataSetSettings settings, string folder, IProgress<long>? documentsDone = null, CancellationToken cancellationToken = default)
    {
        if (settings.FindProblem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(settings));
        }

        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        using FileStream only = LockBeside(folder);
        if (Path.Exists(folder))
        {
            return Existing(corpus, tokenizer, settings, folder, cancellationToken);
        }

        string temporary = folder + ".tmp";
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true); // left by a process that was killed; the lock says that nobody works there now
        }

        Directory.CreateDirectory(temporary);
        try
        {
            DataSetManifest manifest = Write(corpus, tokenizer, settings, temporary, documentsDone, cancellationToken);
            Directory.Move(temporary, folder);
            return new PreparedDataSet(folder, manifest, Reused: false);
        }
        catch
        {
            RemoveWhatWasWritten(temporary);
            throw;
        }
    }

    /// <summary>What names the inputs: settings, tokenizer and documents. Reads the corpus through, without tokenising.</summary>
    /// <exception cref="CorpusFormatException">The corpus cannot be read.</exception>
    public static string DigestInputs(ICorpus corpus, ITokenizer tokenizer, DataSetSettings settings, CancellationToken cancellationToken = default)
    {
        using var digest = new InputDigest(tokenizer.Digest, settings);
        foreach (CorpusDocument document in corpus.ReadDocuments(cancellationToken))
        {
            digest.Add(document);
        }

        return digest.Finish();
    }

    private static void RemoveWhatWasWritten(string temporary)
    {
        try
        {
            Directory.Delete(temporary, recursive: true);
        }
        catch (IOException)
        {
            // Why the writing failed matters more; what is left has no final name and the next attempt removes it.
        }
    }

    private static FileStream LockBeside(string folder)
    {
        string path = folder + ".lock";
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e)
        {
            throw new IOException($"Cannot take {path}: another process may be preparing this data set ({e.Message}).", e);
        }
    }

    private static PreparedDataSet Existing(ICorpus corpus, ITokenizer tokenizer, DataSetSettings settings, string folder, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(folder, DataSetManifest.FileName)))
        {
            throw new IOException($"{folder} is there already and holds no data set. Choose another folder.");
        }

        using PackedDataSet set = PackedDataSet.Open(folder);
        string inputs = DigestInputs(corpus, tokenizer, settings, cancellationToken);
        return set.Manifest.InputDigest == inputs
            ? new PreparedDataSet(folder, set.Manifest, Reused: true)
            : throw new IOException($"{folder} holds a data set of other inputs ({set.Manifest.InputDigest}, wanted {inputs}). Remove it or choose another folder.");
    }

    private static DataSetManifest Write(
        ICorpus corpus, ITokenizer tokenizer, DataSetSettings settings, string folder, IProgress<long>? documentsDone, CancellationToken cancellationToken)
    {
        int[] lengths = TokenLengths(tokenizer);
        int bytesPerToken = tokenizer.VocabularySize <= 1 << 16 ? 2 : 4;
        var encoder = new DocumentEncoder(tokenizer, settings.Loss);
        using var train = new SplitWriter(folder, "train", settings, encoder.EndOfTextId, lengths, bytesPerToken, MaxShardBytes);
        using var heldOut = new SplitWriter(folder, "held-out", settings, encoder.EndOfTextId, lengths, bytesPerToken, MaxShardBytes);
        using var digest = new InputDigest(tokenizer.Digest, settings);
        long done = 0;
        foreach (List<CorpusDocument> batch in Batches(corpus.ReadDocuments(cancellationToken)))
        {
            batch.ForEach(digest.Add);
            foreach (EncodedDocument document in EncodeInOrder(batch, encoder, cancellationToken))
            {
                (document.Split == DataSplit.Train ? train : heldOut).Add(document);
            }

            done += batch.Count;
            documentsDone?.Report(done);
        }

        DataSetSplitManifest trained = train.Finish();
        if (trained.Rows == 0)
        {
            throw new CorpusFormatException(corpus.Source, "the training side", "something to learn from", $"{trained.Documents} documents without a target");
        }

        var manifest = new DataSetManifest(
            DataSetManifest.FormatName, DataSetManifest.FormatVersion, "", digest.Finish(), tokenizer.Digest, tokenizer.VocabularySize, bytesPerToken, settings,
            corpus.Source, corpus.Licence, WriteTokenLengths(folder, lengths), trained, heldOut.Finish());
        manifest = manifest with { Digest = manifest.ComputeDigest() };
        using var file = new ShardFileWriter(folder, DataSetManifest.FileName);
        file.Write(manifest.ToJson());
        file.Finish();
        return manifest;
    }

    private static IEnumerable<List<CorpusDocument>> Batches(IEnumerable<CorpusDocument> documents)
    {
        var batch = new List<CorpusDocument>();
        long characters = 0;
        foreach (CorpusDocument document in documents)
        {
            batch.Add(document);
            characters += document.Contents.Sum(c => (long)c.Length);
            if (batch.Count == BatchDocuments || characters >= BatchCharacters)
            {
                yield return batch;
                batch.Clear();
                characters = 0;
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static EncodedDocument[] EncodeInOrder(List<CorpusDocument> batch, DocumentEncoder encoder, CancellationToken cancellationToken)
    {
        var encoded = new EncodedDocument[batch.Count];
        try
        {
            Parallel.For(
                0, batch.Count, new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = cancellationToken }, i => encoded[i] = encoder.Encode(batch[i]));
        }
        catch (AggregateException e) when (e.InnerExceptions[0] is ArgumentException first)
        {
            throw new ArgumentException(first.Message, nameof(batch), e);
        }

        return encoded;
    }

    private static int[] TokenLengths(ITokenizer tokenizer)
    {
        var lengths = new int[tokenizer.VocabularySize];
        for (int id = 0; id < lengths.Length; id++)
        {
            lengths[id] = tokenizer.TokenBytes(id).Length;
        }

        foreach (int special in tokenizer.SpecialTokens.Values)
        {
            lengths[special] = 0;
        }

        return lengths;
    }

    private static DataSetFile WriteTokenLengths(string folder, int[] lengths)
    {
        var bytes = new byte[lengths.Length * 4];
        for (int id = 0; id < lengths.Length; id++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(id * 4), lengths[id]);
        }

        using var file = new ShardFileWriter(folder, "token-lengths");
        file.Write(bytes);
        return file.Finish();
    }
}
