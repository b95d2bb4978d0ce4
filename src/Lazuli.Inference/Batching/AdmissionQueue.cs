using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Who starts next: the highest priority; within it the party that was served least for its weight; within that, first come first served.</summary>
/// <remarks>
/// <para>Weighted fair queueing by virtual time (<see cref="PartyShare"/>). A party that comes back after a rest starts level with the least served one that is here,
/// so that resting earns no credit, and a party of a thousand requests delays the first of another by what runs, never by the thousand.</para>
/// <para>Pure bookkeeping; allocates only as jobs come and go. Not thread-safe: the scheduler owns it.</para>
/// </remarks>
/// <param name="weightOf">Weight of a party, 1 where that is no number above 0; null where all weigh 1.</param>
internal sealed class AdmissionQueue(Func<ComputeParty, double>? weightOf = null)
{
    private const int MostIdleShares = 1024;

    private readonly Dictionary<ComputeParty, PartyShare> _shares = [];
    private readonly PartyShare _nobody = new(party: null, weight: 1);
    private readonly List<AdmissionLane> _lanes = []; // those that hold something
    private long _arrivals;
    private double _virtualTime; // largest start time of an active party when one was last computed

    /// <summary>Jobs of which no choice has started.</summary>
    public int WaitingJobs { get; private set; }

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _lanes.Count == 0;

    /// <summary>Takes a new job.</summary>
    public void Add(EngineJob job)
    {
        job.Arrival = _arrivals++;
        job.Share = ShareOf(job.Party);
        if (job.Share.IsIdle)
        {
            job.Share.VirtualTime = Math.Max(job.Share.VirtualTime, VirtualTime());
        }

        LaneOf(job).Add(job);
        WaitingJobs++;
    }

    /// <summary>Takes back a sequence whose pages were taken, to the head of its party's queue.</summary>
    public void Return(ActiveSequence sequence) => LaneOf(sequence.Job).Return(sequence);

    /// <summary>What starts next: a choice of <c>Job</c> that never ran or, where <c>Sequence</c> is given, one that did. Both are null when nothing can start now.</summary>
    public (EngineJob? Job, ActiveSequence? Sequence) Next() => FirstLane(ofIdleParty: false) is { } lane ? lane.Next() : (null, null);

    /// <summary>The same among parties of which nothing runs.</summary>
    public (EngineJob? Job, ActiveSequence? Sequence) NextOfIdleParty() => FirstLane(ofIdleParty: true) is { } lane ? lane.Next() : (null, null);

    /// <summary>Notes that what <see cref="Next"/> answered has a slot now.</summary>
    public void Started(EngineJob job, ActiveSequence? preempted)
    {
        AdmissionLane lane = LaneOf(job);
        int fresh = lane.Fresh;
        lane.Started(job, preempted);
        WaitingJobs += lane.Fresh - fresh;
        DropWhenEmpty(lane);
    }

    /// <summary>Takes out one job that was cancelled or is over; null when there is none. A job with several choices can come out more than once.</summary>
    public EngineJob? TakeDropped() => Take(static lane => lane.TakeDropped());

    /// <summary>Takes out any job; null when none is left.</summary>
    public EngineJob? TakeAny() => Take(static lane => lane.TakeAny());

    /// <summary>A waiting job that keeps pages for choices that have not started, though (unless <paramref name="evenRunning"/>) none of it runs.</summary>
    public EngineJob? HolderOfSharedPages(bool evenRunning)
    {
        foreach (AdmissionLane lane in _lanes)
        {
            if (lane.HolderOfSharedPages(evenRunning) is { } job)
            {
                return job;
            }
        }

        return null;
    }

    private EngineJob? Take(Func<AdmissionLane, EngineJob?> take)
    {
        for (int i = _lanes.Count - 1; i >= 0; i--)
        {
            AdmissionLane lane = _lanes[i];
            int fresh = lane.Fresh;
            if (take(lane) is { } job)
            {
                WaitingJobs += lane.Fresh - fresh;
                DropWhenEmpty(lane);
                return job;
            }
        }

        return null;
    }

    private AdmissionLane? FirstLane(bool ofIdleParty)
    {
        AdmissionLane? first = null;
        foreach (AdmissionLane lane in _lanes)
        {
            if (ofIdleParty && lane.Share.Running > 0)
            {
                continue;
            }

            if ((first is null || GoesBefore(lane, first)) && lane.Next().Job is not null)
            {
                first = lane;
            }
        }

        return first;
    }

    private static bool GoesBefore(AdmissionLane one, AdmissionLane other) =>
        one.Priority != other.Priority ? one.Priority < other.Priority
        : one.Share.StartTime != other.Share.StartTime ? one.Share.StartTime < other.Share.StartTime
        : one.Next().Job?.Arrival < other.Next().Job?.Arrival;

    private AdmissionLane LaneOf(EngineJob job)
    {
        foreach (AdmissionLane lane in _lanes)
        {
            if (lane.Share == job.Share && lane.Priority == job.Priority)
            {
                return lane;
            }
        }

        var added = new AdmissionLane(job.Share, job.Priority);
        _lanes.Add(added);
        return added;
    }

    private void DropWhenEmpty(AdmissionLane lane)
    {
        if (lane.IsEmpty)
        {
            _lanes.Remove(lane);
        }
    }

    private PartyShare ShareOf(ComputeParty? party)
    {
        if (party is null)
        {
            return _nobody;
        }

        if (!_shares.TryGetValue(party, out PartyShare? share))
        {
            ForgetIdleShares();
            double weight = weightOf?.Invoke(party) ?? 1;
            share = new PartyShare(party, double.IsFinite(weight) && weight > 0 ? weight : 1);
            _shares.Add(party, share);
        }

        return share;
    }

    /// <summary>The start time of the least served party that runs or waits; where none does, the last such.</summary>
    private double VirtualTime()
    {
        double least = double.PositiveInfinity;
        foreach (PartyShare share in _shares.Values)
        {
            least = share.IsIdle ? least : Math.Min(least, share.VirtualTime);
        }

        least = _nobody.IsIdle ? least : Math.Min(least, _nobody.VirtualTime);
        return _virtualTime = double.IsPositiveInfinity(least) ? _virtualTime : Math.Max(least, _virtualTime);
    }

    /// <summary>Parties that rest are kept only so that leaving and coming back does not wipe out what they were served; of many, none are.</summary>
    private void ForgetIdleShares()
    {
        if (_shares.Count >= MostIdleShares)
        {
            foreach ((ComputeParty party, PartyShare share) in _shares)
            {
                if (share.IsIdle)
                {
                    _shares.Remove(party); // allowed while a dictionary is walked
                }
            }
        }
    }
}
