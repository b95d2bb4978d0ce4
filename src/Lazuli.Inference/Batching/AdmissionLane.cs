namespace Lazuli.Inference;

/// <summary>What waits of one party at one priority: sequences that lost their pages first, then jobs that never ran and further choices of jobs that did, in turn.</summary>
internal sealed class AdmissionLane(PartyShare share, int priority)
{
    private readonly List<ActiveSequence> _preempted = []; // the one of most right last
    private readonly LinkedList<EngineJob> _fresh = [];
    private readonly LinkedList<EngineJob> _further = [];
    private bool _isFreshTurn = true;

    public PartyShare Share { get; } = share;

    public int Priority { get; } = priority;

    public int Fresh => _fresh.Count;

    public bool IsEmpty => _preempted.Count + _fresh.Count + _further.Count == 0;

    public void Add(EngineJob job)
    {
        _fresh.AddLast(job);
        Share.Waiting++;
    }

    /// <summary>Takes back a sequence whose pages were taken: it comes before all others.</summary>
    public void Return(ActiveSequence sequence)
    {
        int at = _preempted.Count;
        while (at > 0 && sequence.YieldsTo(_preempted[at - 1]))
        {
            at--;
        }

        _preempted.Insert(at, sequence);
        Share.Waiting++;
    }

    /// <summary>What starts next; both null when only choices wait whose prompt is being fed.</summary>
    public (EngineJob? Job, ActiveSequence? Sequence) Next()
    {
        if (_preempted.Count > 0)
        {
            return (_preempted[^1].Job, _preempted[^1]);
        }

        EngineJob? fresh = _fresh.First?.Value;
        EngineJob? further = NextFurther()?.Value;
        return ((_isFreshTurn ? fresh ?? further : further ?? fresh), null);
    }

    /// <summary>Notes that what <see cref="Next"/> answered has a slot now.</summary>
    public void Started(EngineJob job, ActiveSequence? preempted)
    {
        if (preempted is not null)
        {
            _preempted.RemoveAt(_preempted.Count - 1);
            Share.Waiting--;
            return;
        }

        LinkedListNode<EngineJob> node = job == _fresh.First?.Value ? _fresh.First : _further.Find(job)!;
        node.List!.Remove(node);
        if (job.StartedChoices < job.Choices)
        {
            _further.AddLast(node);
        }
        else
        {
            Share.Waiting--;
        }

        _isFreshTurn = !_isFreshTurn;
    }

    /// <summary>Takes out one job that is cancelled or over; null when there is none.</summary>
    public EngineJob? TakeDropped()
    {
        int at = _preempted.FindIndex(static sequence => IsDropped(sequence.Job));
        if (at >= 0)
        {
            EngineJob job = _preempted[at].Job;
            _preempted.RemoveAt(at);
            Share.Waiting--;
            return job;
        }

        return TakeDropped(_fresh) ?? TakeDropped(_further);
    }

    /// <summary>Takes out any job; null when none waits.</summary>
    public EngineJob? TakeAny()
    {
        EngineJob? job = _preempted.Count > 0 ? _preempted[^1].Job : (_fresh.First ?? _further.First)?.Value;
        if (_preempted.Count > 0)
        {
            _preempted.RemoveAt(_preempted.Count - 1);
            Share.Waiting--;
        }
        else if (job is not null)
        {
            (_fresh.First is null ? _further : _fresh).RemoveFirst();
            Share.Waiting--;
        }

        return job;
    }

    /// <summary>The newest job that keeps pages for choices that have not started; with <paramref name="evenRunning"/> also where a choice of it runs.</summary>
    public EngineJob? HolderOfSharedPages(bool evenRunning)
    {
        for (LinkedListNode<EngineJob>? node = _further.Last; node is not null; node = node.Previous)
        {
            if (node.Value.SharedPages is not null && (evenRunning || node.Value.RunningChoices == 0))
            {
                return node.Value;
            }
        }

        return null;
    }

    private static bool IsDropped(EngineJob job) => job.IsCancelled || job.IsEnded;

    private EngineJob? TakeDropped(LinkedList<EngineJob> jobs)
    {
        for (LinkedListNode<EngineJob>? node = jobs.First; node is not null; node = node.Next)
        {
            if (IsDropped(node.Value))
            {
                jobs.Remove(node);
                Share.Waiting--;
                return node.Value;
            }
        }

        return null;
    }

    /// <summary>A further choice waits while another feeds the prompt that they share.</summary>
    private LinkedListNode<EngineJob>? NextFurther()
    {
        LinkedListNode<EngineJob>? node = _further.First;
        while (node is not null && node.Value.SharedPages is null && node.Value.FeedingChoices > 0)
        {
            node = node.Next;
        }

        return node;
    }
}
