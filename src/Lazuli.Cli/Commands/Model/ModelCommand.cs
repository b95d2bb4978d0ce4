using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary><c>lazuli model list|show|import|pull|export|quantize|random</c>.</summary>
internal static class ModelCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List model versions, newest first.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));

        var model = new Argument<string>("model") { Description = "name, name@digest, or a digest's beginning." };
        var show = new Command("show", "Show a version: where it came from, under which licence, its figures.") { model, json };
        show.SetAction((parsed, cancel) => ShowAsync(terminal, parsed.GetValue(model)!, parsed.GetValue(json), cancel));

        var format = new Option<string>("--format") { Description = "hf (Hugging Face folder) or gguf.", Required = true };
        format.AcceptOnlyFromAmong("hf", "gguf");
        var type = new Option<string>("--type") { Description = "Weights of a GGUF file: q4_0, q4_k_m, q5_k_m, q6_k, q8_0, bf16, f16 or f32.", DefaultValueFactory = _ => "f16" };
        type.AcceptOnlyFromAmong(GgufEncodings.Names);
        var output = new Option<string>("--output", "-o") { Description = "File or folder to write; must not exist.", Required = true };
        var export = new Command("export", "Write a model in a form that other programs load.") { model, format, type, output };
        export.SetAction((parsed, cancel) => ExportAsync(terminal, parsed.GetValue(model)!, parsed.GetValue(format)!, parsed.GetValue(type)!, parsed.GetValue(output)!, cancel));
        return CommandTree.Noun(
            "model", "Models in the registry.",
            [list, show, ModelImportCommand.Build(terminal), ModelPullCommand.Build(terminal), export, ModelQuantize.Build(terminal), ModelRandom.Build(terminal),
            .. ModelPolicyCommands.Build(terminal).Select(RemoteServer.MayBeElsewhere)]);
    }

    /// <summary>Finds a version or says how to.</summary>
    public static async Task<ModelVersion> FindAsync(Installation installation, string reference, CancellationToken cancel) =>
        await installation.Registry.FindModelAsync(reference, cancel).ConfigureAwait(false)
            ?? throw new CommandException($"There is no model '{reference}' (or several match); 'lazuli model list' shows them, 'lazuli quickstart' makes one.");

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using Installation installation = Installation.Open();
        IReadOnlyList<ModelVersion> models = await installation.Registry.ListModelsAsync(cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteJson(models);
        }
        else
        {
            CultureInfo invariant = CultureInfo.InvariantCulture;
            terminal.WriteTable(
                ["model", "digest", "parameters", "licence", "source", "created"],
                models.Select(m => new[] { m.Name, m.Digest.Short, m.ParameterCount.ToString("N0", invariant), m.License, m.Source, m.CreatedAt.ToString("u", invariant) }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(Terminal terminal, string reference, bool json, CancellationToken cancel)
    {
        await using Installation installation = Installation.Open();
        ModelVersion model = await FindAsync(installation, reference, cancel).ConfigureAwait(false);
        (IReadOnlyList<OwnershipShare> owners, ProjectId? from, string whose) = await new ModelOwnership(installation).TellAsync(model, cancel).ConfigureAwait(false);
        if (json)
        {
            JsonObject document = JsonSerializer.SerializeToNode(model, JsonSerializerOptions.Web)!.AsObject();
            document["owners"] = JsonSerializer.SerializeToNode(owners, JsonSerializerOptions.Web);
            document["ownersFrom"] = from?.Value;
            terminal.WriteJson(document);
            return ExitCode.Done;
        }

        ModelConfig c = ReadConfig(model.Folder);
        CultureInfo invariant = CultureInfo.InvariantCulture;
        List<string[]> rows =
        [
            ["name", model.Name], ["digest", model.Digest.Value], ["folder", model.Folder], ["licence", model.License], ["owners", whose], ["source", model.Source],
            ["data sets", string.Join(", ", model.DataSets)], ["parameters", model.ParameterCount.ToString("N0", invariant)],
            ["shape", $"{c.Family}: {c.Layers} layers, {c.Width} wide, {c.Heads} heads ({c.KeyValueHeads} key/value) of {c.HeadSize}, feed-forward {c.FeedForwardWidth}, vocabulary {c.VocabularySize}, context {c.ContextLength}"],
        ];
        if (model.Facts.ValueKind == System.Text.Json.JsonValueKind.Object)
        {
            rows.AddRange(model.Facts.EnumerateObject().Where(f => f.Name != "origin").Select(f => new[] { f.Name, f.Value.ToString() }));
        }

        if (ModelPull.OriginOf(model) is { } origin)
        {
            rows.Add(["origin", $"{origin.Repository} at {origin.Hub}, revision {origin.Revision}, commit {origin.Commit}"]);
            rows.AddRange(origin.Files.Select(f => new[] { "fetched", string.Create(invariant, $"{f.Path}, {f.Bytes} bytes, sha256:{f.Sha256}") }));
        }

        terminal.WriteTable(["", ""], rows);
        return ExitCode.Done;
    }

    /// <summary>A GGUF file goes out as it came; a Hugging Face folder has its weights in fp32.</summary>
    private static void ExportImported(string imported, ModelVersion model, string format, string output)
    {
        using GgufModelFile file = GgufModelFile.Open(imported);
        if (format == "gguf")
        {
            file.WriteInLayout(output, WeightLayout.Rows);
            return;
        }

        HuggingFaceText? text = HuggingFaceText.IsIn(model.Folder) ? HuggingFaceText.Open(model.Folder) : null;
        TokenizerFiles tokenizer = text?.ReadTokenizer() ?? new TokenizerFiles { Tokenizer = file.Tokenizer, BeginId = file.BeginId, AddsBegin = file.AddsBegin, StopIds = file.StopIds };
        HuggingFaceFolder.Write(output, new ModelPackage
        {
            Config = text?.Config ?? file.Config,
            Parameters = file.ReadParameter,
            Tokenizer = tokenizer.Tokenizer is BpeTokenizer
                ? tokenizer
                : throw new CommandException($"{model.Name} has a SentencePiece tokenizer, which cannot be written as tokenizer.json yet; export it with --format gguf."),
            ChatTemplate = text is null ? file.ChatTemplate : text.ChatTemplate,
            Pooling = text is null ? file.Pooling : text.Pooling,
            CanShortenEmbeddings = text is null ? file.CanShortenEmbeddings : text.CanShortenEmbeddings,
            Provenance = file.Provenance with { Name = model.Name, License = model.License },
        });
    }

    private static ModelConfig ReadConfig(string folder)
    {
        string imported = Path.Combine(folder, InferenceModel.ImportedFile);
        if (File.Exists(imported))
        {
            using GgufModelFile file = GgufModelFile.Open(imported);
            return file.Config;
        }

        using HuggingFaceFolder files = HuggingFaceFolder.Open(folder);
        return files.Config;
    }

    private static async Task<int> ExportAsync(Terminal terminal, string reference, string format, string type, string output, CancellationToken cancel)
    {
        await using Installation installation = Installation.Open();
        ModelVersion model = await FindAsync(installation, reference, cancel).ConfigureAwait(false);
        if (Path.Exists(output))
        {
            throw new CommandException($"{output} exists already; name a new file or folder.", ExitCode.Usage);
        }

        string imported = Path.Combine(model.Folder, InferenceModel.ImportedFile);
        if (File.Exists(imported))
        {
            ExportImported(imported, model, format, output);
            await terminal.Talk.WriteLineAsync($"Wrote {model.Name}@{model.Digest.Short} to {output}, in the formats that it is stored in.").ConfigureAwait(false);
            return ExitCode.Done;
        }

        using HuggingFaceFolder files = HuggingFaceFolder.Open(model.Folder);
        var package = new ModelPackage
        {
            Config = files.Config,
            Parameters = files.ReadParameter,
            Tokenizer = files.ReadTokenizer(),
            ChatTemplate = files.ChatTemplate,
            Pooling = files.Text.Pooling,
            CanShortenEmbeddings = files.Text.CanShortenEmbeddings,
            Provenance = new ModelProvenance { Name = model.Name, License = model.License, RunId = model.RunId },
        };
        if (format == "gguf")
        {
            GgufFile.Write(output, package, GgufEncodings.Parse(type));
        }
        else
        {
            HuggingFaceFolder.Write(output, package);
        }

        await terminal.Talk.WriteLineAsync($"Wrote {model.Name}@{model.Digest.Short} to {output}.").ConfigureAwait(false);
        return ExitCode.Done;
    }
}
