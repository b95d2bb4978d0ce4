using System.Text.Json;
using System.Text.Json.Serialization;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>A run at a glance: <c>run.json</c> of its directory, written at the start, with each checkpoint, and at the end.</summary>
public sealed record RunSummary
{
    /// <summary>Name of the file in the run directory.</summary>
    public const string FileName = "run.json";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Name of the recipe.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of the resolved recipe.</summary>
    public required string RecipeDigest { get; init; }

    /// <summary>Shape of the model.</summary>
    public required ModelConfig Model { get; init; }

    /// <summary>Number of parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Digest of the data set.</summary>
    public required string DataDigest { get; init; }

    /// <summary>Digest of the tokenizer.</summary>
    public required string TokenizerDigest { get; init; }

    /// <summary>How far it is.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Why it failed, where it did.</summary>
    public string? Failure { get; init; }

    /// <summary>When this was written, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Steps done.</summary>
    public required long Steps { get; init; }

    /// <summary>Steps of the whole run, where known.</summary>
    public long? PlannedSteps { get; init; }

    /// <summary>Tokens read.</summary>
    public required long Tokens { get; init; }

    /// <summary>Loss of the last step in nats a target.</summary>
    public double? Loss { get; init; }

    /// <summary>Last held-out loss in nats a target.</summary>
    public double? HeldOutLoss { get; init; }

    /// <summary>Last held-out bits a byte.</summary>
    public double? BitsPerByte { get; init; }

    /// <summary>FLOP by formula.</summary>
    public required double Flop { get; init; }

    /// <summary>The formula.</summary>
    public string FlopConvention { get; init; } = TrainingFlop.Convention;

    /// <summary>Seconds of training, over all sittings.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Joules, as <see cref="EnergySource"/> says.</summary>
    public required double EnergyJoules { get; init; }

    /// <summary>How energy is known.</summary>
    public required string EnergySource { get; init; }

    /// <summary>Devices held × seconds, over all sittings: a device is a machine's processor, and some of its threads are that part of it. Null where a sitting did not note it.</summary>
    public double? DeviceSeconds { get; init; }

    /// <summary>FLOP that those devices could have done in that time, by peaks measured before each sitting; null where one is not known.</summary>
    public double? PeakFlop { get; init; }

    /// <summary>Reads the summary of a run directory; null where it has none or it cannot be read as one.</summary>
    public static RunSummary? TryRead(string runDirectory)
    {
        try
        {
            return JsonSerializer.Deserialize<RunSummary>(File.ReadAllBytes(Path.Combine(runDirectory, FileName)), s_json);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    internal void Write(string runDirectory)
    {
        string path = Path.Combine(runDirectory, FileName);
        File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(this, s_json));
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
