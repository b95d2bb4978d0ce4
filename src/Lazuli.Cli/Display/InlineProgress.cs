namespace Lazuli.Cli;

/// <summary>Calls back on the reporting thread, in order; <see cref="Progress{T}"/> would post to the thread pool and reorder.</summary>
internal sealed class InlineProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
