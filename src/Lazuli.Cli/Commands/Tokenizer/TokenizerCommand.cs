using System.CommandLine;
using System.Globalization;
using System.Text;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary><c>lazuli tokenizer train|encode|decode</c>.</summary>
internal static class TokenizerCommand
{
    public static Command Build(Terminal terminal)
    {
        var corpus = new Argument<string[]>("corpus") { Description = "Files and folders of text. None: the SDK's reference documentation.", Arity = ArgumentArity.ZeroOrMore };
        var vocabulary = new Option<int>("--vocabulary") { Description = "Number of ids, special tokens and bytes included.", DefaultValueFactory = _ => 8192 };
        var split = new Option<SplitRule>("--split") { Description = "How text is cut before merges: gpt2, llamaBpe, qwen2, o200k or smolLm.", DefaultValueFactory = _ => SplitRule.O200k };
        var output = new Option<string>("--output", "-o") { Description = "The tokenizer.json to write.", Required = true };
        var train = new Command("train", "Train a byte-level BPE tokenizer.") { corpus, vocabulary, split, output };
        train.SetAction((parsed, cancel) => TrainAsync(terminal, parsed.GetValue(corpus) ?? [], parsed.GetValue(vocabulary), parsed.GetValue(split), parsed.GetValue(output)!, cancel));

        var tokenizer = new Argument<string>("tokenizer") { Description = "A tokenizer.json." };
        var text = new Argument<string?>("text") { Description = "Text; standard input when left out.", Arity = ArgumentArity.ZeroOrOne };
        var encode = new Command("encode", "Print the ids of text.") { tokenizer, text };
        encode.SetAction(parsed => Encode(terminal, parsed.GetValue(tokenizer)!, parsed.GetValue(text)));

        var ids = new Argument<int[]>("ids") { Description = "Ids; from standard input when left out.", Arity = ArgumentArity.ZeroOrMore };
        var decode = new Command("decode", "Print the text of ids.") { tokenizer, ids };
        decode.SetAction(parsed => Decode(terminal, parsed.GetValue(tokenizer)!, parsed.GetValue(ids) ?? []));
        return CommandTree.Noun("tokenizer", "Tokenizers.", train, encode, decode);
    }

    private static async Task<int> TrainAsync(Terminal terminal, string[] corpus, int vocabulary, SplitRule split, string output, CancellationToken cancel)
    {
        const int SmallestVocabulary = 256;
        if (vocabulary < SmallestVocabulary + ChatTemplate.SpecialTokens.Count)
        {
            throw new CommandException($"--vocabulary is {vocabulary}; it must be at least {SmallestVocabulary + ChatTemplate.SpecialTokens.Count}: the bytes and the special tokens.", ExitCode.Usage);
        }

        var stages = new StageDisplay(terminal);
        ICorpus read = await stages.RunAsync("Reading the corpus", _ => CorpusSource.Open(corpus, 0, 1, cancel)).ConfigureAwait(false);
        BpeTokenizer tokenizer = await InputPreparation.TrainTokenizerAsync(stages, read, new BpeTrainingOptions { VocabularySize = vocabulary, Split = split }, cancel).ConfigureAwait(false);
        tokenizer.Save(output);
        await terminal.Data.WriteLineAsync($"{output}: {tokenizer.VocabularySize} ids, digest {tokenizer.Digest}").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static int Encode(Terminal terminal, string path, string? text)
    {
        BpeTokenizer tokenizer = BpeTokenizer.Load(path);
        var ids = new List<int>();
        tokenizer.Encode(Encoding.UTF8.GetBytes(text ?? terminal.Input.ReadToEnd()), ids);
        terminal.Data.WriteLine(string.Join(' ', ids.Select(i => i.ToString(CultureInfo.InvariantCulture))));
        return ExitCode.Done;
    }

    private static int Decode(Terminal terminal, string path, int[] ids)
    {
        BpeTokenizer tokenizer = BpeTokenizer.Load(path);
        int[] all = ids.Length > 0 ? ids : [.. terminal.Input.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(ParseId)];
        foreach (int id in all)
        {
            if (id < 0 || id >= tokenizer.VocabularySize)
            {
                throw new CommandException($"Id {id} is not in the vocabulary (0 to {tokenizer.VocabularySize - 1}).", ExitCode.Usage);
            }
        }

        terminal.Data.WriteLine(Encoding.UTF8.GetString(tokenizer.Decode(all)));
        return ExitCode.Done;
    }

    private static int ParseId(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        ? id
        : throw new CommandException($"'{word}' is not an id; ids are whole numbers.", ExitCode.Usage);
}
