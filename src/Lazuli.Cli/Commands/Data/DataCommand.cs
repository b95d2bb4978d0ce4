using System.CommandLine;
using System.Globalization;
using System.Text;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary><c>lazuli data prepare|inspect</c>.</summary>
internal static class DataCommand
{
    public static Command Build(Terminal terminal)
    {
        var corpus = new Argument<string[]>("corpus") { Description = "Files and folders: .txt, .md, .jsonl, .cs, documentation .xml. None: the SDK's reference documentation.", Arity = ArgumentArity.ZeroOrMore };
        var tokenizer = new Option<string>("--tokenizer") { Description = "A tokenizer.json.", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "Folder of the data set.", Required = true };
        var context = new Option<int>("--context") { Description = "Tokens of a row.", DefaultValueFactory = _ => 256 };
        var stream = new Option<bool>("--stream") { Description = "One stream of documents instead of whole documents in rows." };
        var all = new Option<bool>("--loss-on-all") { Description = "Loss on questions too, not on answers only." };
        var heldOut = new Option<double>("--held-out") { Description = "Share held out.", DefaultValueFactory = _ => 0.02 };
        var seed = new Option<ulong>("--seed") { Description = "Chooses what is held out.", DefaultValueFactory = _ => 1UL };
        var prepare = new Command("prepare", "Tokenise and pack a corpus into a data set.") { corpus, tokenizer, output, context, stream, all, heldOut, seed };
        prepare.SetAction((parsed, cancel) => PrepareAsync(
            terminal,
            parsed.GetValue(corpus) ?? [],
            parsed.GetValue(tokenizer)!,
            parsed.GetValue(output)!,
            new DataSetSettings(parsed.GetValue(context), parsed.GetValue(stream) ? DataPacking.Stream : DataPacking.Documents, parsed.GetValue(all) ? LossScope.All : LossScope.Answers),
            (parsed.GetValue(heldOut), parsed.GetValue(seed)),
            cancel));

        var folder = new Argument<string>("folder") { Description = "A data set's folder." };
        var rows = new Option<int>("--rows") { Description = "Rows to print as text; needs --tokenizer." };
        var with = new Option<string?>("--tokenizer") { Description = "The tokenizer.json that it was made with." };
        Option<bool> json = CommandTree.JsonOption();
        var inspect = new Command("inspect", "Check a data set against its digests and show what is in it.") { folder, rows, with, json };
        inspect.SetAction((parsed, cancel) => InspectAsync(terminal, parsed.GetValue(folder)!, parsed.GetValue(rows), parsed.GetValue(with), parsed.GetValue(json), cancel));
        return CommandTree.Noun("data", "Data sets.", prepare, inspect);
    }

    private static async Task<int> PrepareAsync(
        Terminal terminal, string[] corpus, string tokenizerPath, string output, DataSetSettings settings, (double HeldOut, ulong Seed) split, CancellationToken cancel)
    {
        BpeTokenizer tokenizer = BpeTokenizer.Load(tokenizerPath);
        var stages = new StageDisplay(terminal);
        ICorpus read = await stages.RunAsync("Reading the corpus", _ => CorpusSource.Open(corpus, split.HeldOut, split.Seed, cancel)).ConfigureAwait(false);
        PreparedDataSet prepared = await stages.RunAsync("Packing the data set", progress =>
            DataSetPreparer.Prepare(read, tokenizer, settings, output, new InlineProgress<long>(n => progress.Report(0, $"{n:N0} documents")), cancel)).ConfigureAwait(false);
        using PackedDataSet set = PackedDataSet.Open(prepared.Folder);
        await terminal.Data.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{prepared.Folder}{(prepared.Reused ? " (already there)" : string.Empty)}\n{set.RowCount(DataSplit.Train):N0} rows to train on, {set.RowCount(DataSplit.HeldOut):N0} held out, {settings.ContextLength} tokens each\ndigest {set.Digest}")).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> InspectAsync(Terminal terminal, string folder, int rows, string? tokenizerPath, bool json, CancellationToken cancel)
    {
        using PackedDataSet set = PackedDataSet.Open(folder);
        await set.VerifyAsync(cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteJson(new
            {
                folder,
                set.Digest,
                set.TokenizerDigest,
                set.ContextLength,
                set.VocabularySize,
                trainRows = set.RowCount(DataSplit.Train),
                heldOutRows = set.RowCount(DataSplit.HeldOut),
            });
            return ExitCode.Done;
        }

        CultureInfo invariant = CultureInfo.InvariantCulture;
        terminal.WriteTable(["", ""],
        [
            ["folder", folder], ["digest", set.Digest + " (verified)"], ["tokenizer", set.TokenizerDigest], ["context", set.ContextLength.ToString(invariant)],
            ["vocabulary", set.VocabularySize.ToString("N0", invariant)], ["rows to train on", set.RowCount(DataSplit.Train).ToString("N0", invariant)],
            ["rows held out", set.RowCount(DataSplit.HeldOut).ToString("N0", invariant)],
        ]);
        if (rows > 0)
        {
            BpeTokenizer tokenizer = BpeTokenizer.Load(tokenizerPath ?? throw new CommandException("--rows needs --tokenizer.", ExitCode.Usage));
            PrintRows(terminal, set, tokenizer, rows);
        }

        return ExitCode.Done;
    }

    private static void PrintRows(Terminal terminal, PackedDataSet set, BpeTokenizer tokenizer, int rows)
    {
        int[] inputs = new int[set.ContextLength];
        int[] targets = new int[set.ContextLength];
        for (long row = 0; row < Math.Min(rows, set.RowCount(DataSplit.Train)); row++)
        {
            set.ReadRow(DataSplit.Train, row, inputs, targets);
            int answers = targets.Count(t => t >= 0);
            terminal.Data.WriteLine($"--- row {row}: {answers} targets with a loss");
            terminal.Data.WriteLine(Encoding.UTF8.GetString(tokenizer.Decode(inputs)));
        }
    }
}
