using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Models;

namespace Lazuli.Cli;

/// <summary><c>lazuli model quantize</c>: a model as a GGUF file with its weights stored in fewer bits.</summary>
internal static class ModelQuantize
{
    public static Command Build(Terminal terminal)
    {
        var model = new Argument<string>("model") { Description = "A GGUF file, a Hugging Face folder, or a model of the registry." };
        var to = new Option<string>("--to") { Description = "How weights are stored: q4_0, q4_k_m, q5_k_m, q6_k, q8_0, bf16, f16 or f32.", Required = true };
        to.AcceptOnlyFromAmong(GgufEncodings.Names);
        var output = new Option<string>("--output", "-o") { Description = "File to write; must not exist.", Required = true };
        var command = new Command("quantize", "Write a model as a GGUF file with its weights in fewer bits.") { model, to, output };
        command.SetAction((parsed, cancel) => QuantizeAsync(terminal, parsed.GetValue(model)!, parsed.GetValue(to)!, parsed.GetValue(output)!, cancel));
        return command;
    }

    /// <summary>Refuses to write over what stands there.</summary>
    public static void RefuseExisting(string output)
    {
        if (Path.Exists(output))
        {
            throw new CommandException($"{output} exists already; name a new file or folder.", ExitCode.Usage);
        }
    }

    private static async Task<int> QuantizeAsync(Terminal terminal, string model, string to, string output, CancellationToken cancel)
    {
        RefuseExisting(output);
        if (File.Exists(model))
        {
            Write(model, output, to);
        }
        else if (Directory.Exists(model))
        {
            WriteFolder(model, output, to, new ModelProvenance { Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model))), License = "LicenseRef-unknown" });
        }
        else
        {
            await using Installation installation = Installation.Open();
            ModelVersion version = await ModelCommand.FindAsync(installation, model, cancel).ConfigureAwait(false);
            if (Directory.EnumerateFiles(version.Folder, "*.gguf").FirstOrDefault() is string file)
            {
                Write(file, output, to);
            }
            else
            {
                WriteFolder(version.Folder, output, to, new ModelProvenance { Name = version.Name, License = version.License, RunId = version.RunId });
            }
        }

        await terminal.Talk.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Wrote {output}: {new FileInfo(output).Length / 1e6:N1} MB as {to}.")).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static void Write(string path, string output, string to)
    {
        using GgufModelFile file = GgufModelFile.Open(path);
        try
        {
            file.WriteAs(output, GgufEncodings.Parse(to));
        }
        catch (ArgumentException e)
        {
            throw new CommandException($"{path} cannot be stored as {to}. {e.Message}", inner: e);
        }
    }

    private static void WriteFolder(string folder, string output, string to, ModelProvenance provenance)
    {
        using HuggingFaceFolder files = HuggingFaceFolder.Open(folder);
        var package = new ModelPackage
        {
            Config = files.Config,
            Parameters = files.ReadParameter,
            Tokenizer = files.ReadTokenizer(),
            ChatTemplate = files.ChatTemplate,
            Pooling = files.Text.Pooling,
            CanShortenEmbeddings = files.Text.CanShortenEmbeddings,
            Provenance = provenance,
        };
        try
        {
            GgufFile.Write(output, package, GgufEncodings.Parse(to));
        }
        catch (ArgumentException e)
        {
            throw new CommandException($"{folder} cannot be stored as {to}. {e.Message}", inner: e);
        }
    }
}
