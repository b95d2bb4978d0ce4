namespace Lazuli.Training;

/// <summary>A run cannot start or go on; the message says why and what to do.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Says why.</summary>
    public TrainingException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
