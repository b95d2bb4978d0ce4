using System.Globalization;

namespace Lazuli.Registry;

/// <summary>Waits between the tries of one request, twice as long each time, and gives up after so many that brought nothing.</summary>
internal sealed class HubPatience(HubSettings settings, TimeProvider time, int tries)
{
    private int _failures;

    /// <summary>Something came: tries count from here again.</summary>
    public void Progressed() => _failures = 0;

    /// <summary>Waits for the next try.</summary>
    /// <exception cref="HubException">There have been enough.</exception>
    public async Task WaitAsync(HubInterruption interruption, CancellationToken cancellationToken)
    {
        _failures++;
        if (_failures >= tries)
        {
            throw new HubException(
                HubFailure.Unreachable,
                string.Create(CultureInfo.InvariantCulture, $"{settings.Endpoint} does not answer as it should after {tries} tries: {interruption.Message}. What has come is kept; the same command goes on from there."),
                interruption);
        }

        TimeSpan wait = settings.FirstWait * Math.Pow(2, _failures - 1);
        wait = interruption.RetryAfter is { } asked && asked > wait ? asked : wait;
        await Task.Delay(wait < settings.LongestWait ? wait : settings.LongestWait, time, cancellationToken).ConfigureAwait(false);
    }
}
