using System.Buffers;
using Lazuli.Contracts;

namespace Lazuli.Registry;

/// <summary>What must hold of anything registered, checked before the database is asked.</summary>
internal static class RegistryChecks
{
    public const string DigestPrefix = "sha256:";

    private const int MaxNameLength = 200;
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> s_name = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/:");
    private static readonly string[] s_statuses = ["running", "finished", "stopped", "failed"];

    public static void Model(ModelVersion model)
    {
        Name(model.Name);
        Digest(model.Digest);
        NotEmpty(model.Folder, "folder");
        NotEmpty(model.Source, "source");
        NotEmpty(model.License, "licence");
        NotNegative(model.ParameterCount, "parameter count");
        foreach (ContentDigest dataSet in model.DataSets)
        {
            Digest(dataSet);
        }
    }

    public static void DataSet(DataSetVersion dataSet)
    {
        Name(dataSet.Name);
        Digest(dataSet.Digest);
        NotEmpty(dataSet.Folder, "folder");
        NotEmpty(dataSet.Source, "source");
        NotEmpty(dataSet.License, "licence");
        NotNegative(dataSet.TrainingTokens, "number of training tokens");
        NotNegative(dataSet.ValidationTokens, "number of validation tokens");
    }

    public static void Run(RunRecord run)
    {
        NotEmpty(run.Id, "run id");
        NotEmpty(run.Recipe, "recipe");
        NotEmpty(run.Folder, "folder");
        NotEmpty(run.Project, "project");
        if (!s_statuses.Contains(run.Status, StringComparer.Ordinal))
        {
            throw new ArgumentException($"A run's status is one of {string.Join(", ", s_statuses)}; got \"{run.Status}\".", nameof(run));
        }

        if (run.Model is { } model)
        {
            Digest(model);
        }
    }

    public static void Serving(ServingUse use)
    {
        NotEmpty(use.Project, "project");
        NotEmpty(use.Model, "model");
        NotNegative(use.Requests, "number of requests");
        NotNegative(use.PromptTokens, "number of prompt tokens");
        NotNegative(use.GeneratedTokens, "number of generated tokens");
        if (!(use.Flop >= 0 && use.DeviceSeconds >= 0 && double.IsFinite(use.Flop) && double.IsFinite(use.DeviceSeconds)))
        {
            throw new ArgumentException($"FLOP and device-seconds are finite and not negative; got {use.Flop} and {use.DeviceSeconds}.", nameof(use));
        }
    }

    /// <summary>Whether the text is hex digits, as a digest or its prefix would be.</summary>
    public static bool IsHex(ReadOnlySpan<char> text) => !text.IsEmpty && text.Length <= 64 && !text.ContainsAnyExcept(s_hex);

    private static void Name(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxNameLength || name.AsSpan().ContainsAnyExcept(s_name) || !char.IsAsciiLetterOrDigit(name[0]))
        {
            throw new ArgumentException($"A name is 1 to {MaxNameLength} letters, digits and . _ - / : and begins with a letter or digit; got \"{name}\".", nameof(name));
        }
    }

    private static void Digest(ContentDigest digest)
    {
        string value = digest.Value ?? "";
        if (!value.StartsWith(DigestPrefix, StringComparison.Ordinal) || value.Length != DigestPrefix.Length + 64 || !IsHex(value.AsSpan(DigestPrefix.Length)))
        {
            throw new ArgumentException($"A digest is \"sha256:\" and 64 lower-case hex digits; got \"{value}\".", nameof(digest));
        }
    }

    private static void NotEmpty(string value, string what)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            throw new ArgumentException($"The {what} is empty; everything registered states it.", nameof(value));
        }
    }

    private static void NotNegative(long value, string what)
    {
        if (value < 0)
        {
            throw new ArgumentException($"The {what} is negative: {value}.", nameof(value));
        }
    }
}
