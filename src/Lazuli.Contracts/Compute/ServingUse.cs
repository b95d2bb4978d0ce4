namespace Lazuli.Contracts;

/// <summary>What serving one model for one key took on one day.</summary>
public sealed record ServingUse
{
    /// <summary>The day, UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The project that it is counted to.</summary>
    public required string Project { get; init; }

    /// <summary>Id of the key that asked; empty for what asked without one, such as the chat at the quickstart's end.</summary>
    public required string Key { get; init; }

    /// <summary>The model, <c>name@digest</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Requests that ended, however they ended.</summary>
    public long Requests { get; init; }

    /// <summary>Prompt tokens fed to the model.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Tokens generated.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>FLOP by count.</summary>
    public double Flop { get; init; }

    /// <summary>Seconds that the engine was at work, times its devices: a machine's processor is one, some of its threads are that part of it.</summary>
    public double DeviceSeconds { get; init; }
}
