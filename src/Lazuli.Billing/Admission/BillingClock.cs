namespace Lazuli.Billing;

/// <summary>The time that admission and metering go by: the machine's clock, without its jumps.</summary>
/// <remarks>
/// Small corrections of the machine's clock are followed, forward at once and backward by standing still. A jump of a minute or more is
/// not: time then runs on from before the jump, evenly, until the machine's clock agrees again, or a jump forward has stood for
/// <see cref="Patience"/>. So no jump opens or closes a day, or gives a limit's window back. For one thread.
/// </remarks>
internal sealed class BillingClock
{
    private static readonly TimeSpan s_jump = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly long _limitAnchor;
    private DateTimeOffset _anchor; // billing time at _start, were it not for corrections since
    private DateTimeOffset _last;
    private TimeSpan? _jumpedAt;

    public BillingClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _anchor = time.GetUtcNow();
        _last = _anchor;
        _limitAnchor = _anchor.UtcTicks;
    }

    /// <summary>How long a jump forward must stand before it is believed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>How far the machine's clock is from this one, where it jumped; else null.</summary>
    public TimeSpan? Disagreement { get; private set; }

    /// <summary>Now.</summary>
    public AdmissionMoment Now()
    {
        TimeSpan elapsed = _time.GetElapsedTime(_start);
        DateTimeOffset wall = _time.GetUtcNow();
        DateTimeOffset even = _anchor + elapsed;
        TimeSpan off = wall - even;
        if (off.Duration() < s_jump)
        {
            _jumpedAt = null;
            Disagreement = null;
            _anchor += off;
        }
        else
        {
            _jumpedAt ??= elapsed;
            Disagreement = off;
            if (off > TimeSpan.Zero && elapsed - _jumpedAt.Value >= Patience)
            {
                _jumpedAt = null;
                Disagreement = null;
                _anchor += off;
            }
        }

        DateTimeOffset now = _anchor + elapsed;
        _last = now > _last ? now : _last;
        return new AdmissionMoment(_limitAnchor + elapsed.Ticks, _last);
    }
}
