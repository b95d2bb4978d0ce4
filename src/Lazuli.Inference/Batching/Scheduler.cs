using System.Diagnostics;
using Lazuli.Models;

namespace Lazuli.Inference;

/// <summary>Runs steps for all jobs at once: continuous batching (Yu et al. 2022) with chunked prefill (Agrawal et al. 2023) and preemption by recompute (Kwon et al. 2023).</summary>
/// <remarks>
/// <para>One call of <see cref="Step"/> is one step:</para>
/// <list type="number">
/// <item>Cancelled jobs give back slots and pages.</item>
/// <item>What waits gets slots, in the order of <see cref="AdmissionQueue"/>, while slots and pages for all that is known of it last.</item>
/// <item>Sequences that fill their pages get another. Where none is left, the one of least right (lowest priority, then newest) loses all of its own and waits again; it will
/// be fed prompt and answer once more, and go on to the bit as if nothing had happened. The one of most right never loses any, so something always ends.</item>
/// <item><see cref="DraftPlanner"/> guesses tokens where that pays; <see cref="StepPlanner"/> fills the step; forward pass; tokens and text; choices that are over give back slots and pages.</item>
/// </list>
/// <para>Later choices of a job share the full pages of its prompt and feed only what lies beyond. Synchronous and not thread-safe: the engine's one thread calls it.</para>
/// </remarks>
internal sealed class Scheduler
{
    private readonly ForwardPass _forward;
    private readonly StepBatch _batch;
    private readonly StepPlanner _planner;
    private readonly AdmissionQueue _queue;
    private readonly PageBudget _pages;
    private readonly AnswerReader _answers;
    private readonly WorkAccount _work;
    private readonly StepCost _cost;
    private readonly DraftPlanner? _drafts;
    private readonly InferenceOptions _options;
    private readonly List<ActiveSequence> _running;
    private readonly Action<EngineJob> _jobEnded;
    private (ActiveSequence? Sequence, int Available, int Running) _refused; // what did not fit last, and what there was then
    private long _steps;
    private long _preemptions;

    /// <summary>A scheduler; <paramref name="jobEnded"/> is told of every job that is over, for whatever reason.</summary>
    public Scheduler(ForwardPass forward, StepBatch batch, PageBudget pages, AdmissionQueue queue, AnswerReader answers, WorkAccount work, StepCost cost, DraftPlanner? drafts, InferenceOptions options, Action<EngineJob> jobEnded)
    {
        _forward = forward;
        _batch = batch;
        _pages = pages;
        _queue = queue;
        _answers = answers;
        _work = work;
        _options = options;
        _jobEnded = jobEnded;
        _cost = cost;
        _drafts = drafts;
        _planner = new StepPlanner(batch, pages.Table);
        _running = new List<ActiveSequence>(pages.Table.Slots);
    }

    /// <summary>A scheduler with all that it is made of.</summary>
    /// <param name="model">Of which model.</param>
    /// <param name="forward">Its forward pass.</param>
    /// <param name="cache">Where keys and values go.</param>
    /// <param name="prompts">Its tokens' text.</param>
    /// <param name="batch">The rows of a step.</param>
    /// <param name="prefixSecret">Key under which prefixes are kept; null where none are.</param>
    /// <param name="options">Settings.</param>
    /// <param name="jobEnded">Told of every job that is over, for whatever reason.</param>
    /// <param name="alwaysDraft">Feeds all guesses along, whatever they cost.</param>
    public static Scheduler Create(ModelConfig model, ForwardPass forward, PagedKeyValueCache cache, PromptEncoder prompts, StepBatch batch, byte[]? prefixSecret, InferenceOptions options, Action<EngineJob> jobEnded, bool alwaysDraft = false)
    {
        var prefixes = prefixSecret is null ? null : new PrefixCache(cache.Table, prefixSecret);
        var chooser = new TokenChooser(prompts, Math.Min(prompts.VocabularySize, batch.VocabularySize));
        var pages = new PageBudget(cache.Table, prefixes, cache.Publish);
        var cost = new StepCost(cache.Table.Slots + DraftPlanner.MostOfStep);
        return new Scheduler(
            forward,
            batch,
            pages,
            new AdmissionQueue(options.WeightOf),
            new AnswerReader(prompts, chooser),
            new WorkAccount(new InferenceFlop(model), options.Meter),
            cost,
            options.Speculate ? new DraftPlanner(cost, pages, alwaysDraft) : null,
            options,
            jobEnded);
    }

    /// <summary>What it has done and holds now.</summary>
    public EngineStatistics Statistics => new(
        _running.Count, _queue.WaitingJobs, _pages.Available, _pages.Table.Pages, _steps, _work.PromptTokens, _work.GeneratedTokens, _preemptions,
        _drafts?.Drafted ?? 0, _answers.AcceptedDrafts);

    /// <summary>Takes a job.</summary>
    public void Enqueue(EngineJob job) => _queue.Add(job);

    /// <summary>Runs one step. False when there was nothing to do.</summary>
    public bool Step()
    {
        DropCancelled();
        Admit();
        if (_running.Count == 0)
        {
            return _queue.IsEmpty ? false : throw new UnreachableException("Jobs wait, nothing runs, and none can start: pages were lost.");
        }

        GrowAll();
        long begun = Stopwatch.GetTimestamp();
        _drafts?.Plan(_running, Math.Min(_batch.MaxRows, _batch.MaxLogitRows) - _running.Count);
        _planner.Plan(_running, PromptRows(), ++_steps);
        _forward.Run(_batch);
        WorkAccount.ShareTime(_running, _batch.Rows, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            Read(_running[i]);
        }

        _cost.Observe(_batch.Rows - _planner.PromptRows, _planner.PromptRows, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        _work.Tell(_running);
        return true;
    }

    /// <summary>Rows of prompts that this step takes: as many as fit its time while something decodes.</summary>
    private int PromptRows()
    {
        int decoding = 0;
        foreach (ActiveSequence sequence in _running)
        {
            decoding += sequence.IsDecoding ? 1 : 0;
        }

        return _options.StepTarget == Timeout.InfiniteTimeSpan
            ? _options.PrefillTokensPerStep
            : _cost.PromptRows(decoding, _options.StepTarget.TotalSeconds, _options.PrefillTokensPerStep);
    }

    /// <summary>Ends every job with <paramref name="reason"/>.</summary>
    public void EndAll(Func<Exception> reason)
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            EndJob(_running[i].Job, reason());
            Close(_running[i]);
        }

        while (_queue.TakeAny() is { } job)
        {
            EndJob(job, reason());
        }
    }

    private void DropCancelled()
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            EngineJob job = _running[i].Job;
            if (job.IsCancelled || job.IsEnded)
            {
                EndJob(job, Cancelled());
                Close(_running[i]);
            }
        }

        while (_queue.TakeDropped() is { } job)
        {
            EndJob(job, Cancelled());
        }

        static OperationCanceledException Cancelled() => new("The request was cancelled.");
    }

    /// <summary>Starts what waits, in order, until something does not fit: nothing passes it by, so everything has its turn.</summary>
    private void Admit()
    {
        if (_queue.IsEmpty)
        {
            return;
        }

        CountPending();
        while (_queue.Next() is ({ } job, var preempted))
        {
            if (TryStart(job, preempted))
            {
                continue;
            }

            _refused = (preempted ?? job.NextSequence, _pages.Available, _running.Count);

            // Where slots are all taken, a party that has none may claim one though another, that has, is before it.
            if (_pages.FreeSlots > 0 || _queue.NextOfIdleParty() is not ({ } other, var lost) || !TryStart(other, lost))
            {
                return;
            }
        }
    }

    private bool TryStart(EngineJob job, ActiveSequence? preempted)
    {
        if (!TryStart(preempted ?? (job.NextSequence ??= job.NewSequence(job.StartedChoices))))
        {
            return false;
        }

        job.StartedChoices += preempted is null ? 1 : 0;
        job.NextSequence = null;
        _queue.Started(job, preempted);
        if (job.StartedChoices == job.Choices)
        {
            _pages.Unshare(job);
        }

        return true;
    }

    private void CountPending()
    {
        foreach (ActiveSequence sequence in _running)
        {
            sequence.Job.Share.PendingTokens = 0;
        }

        foreach (ActiveSequence sequence in _running)
        {
            sequence.Job.Share.PendingTokens += sequence.Left;
        }
    }

    private bool TryStart(ActiveSequence sequence)
    {
        // What did not fit before is not looked up again until there is more room.
        bool mayFit = sequence != _refused.Sequence || _pages.Available > _refused.Available || _running.Count < _refused.Running;

        // A page for each that runs is left, else what starts would soon take its own away again.
        while (!mayFit || !_pages.TryOpen(sequence, spare: _running.Count))
        {
            if (ClaimFor(sequence) is { } victim)
            {
                Preempt(victim);
                mayFit = true;
            }
            else if (_running.Count > 0 || !ReleaseShared(evenRunning: true))
            {
                return false;
            }
        }

        EngineJob job = sequence.Job;
        if (sequence.CountedTokens == 0)
        {
            // What choices share is fed once and counted once, also when a choice had to feed it again.
            int shared = sequence.Choice > 0 ? (job.Prompt.Length - 1) / _pages.Table.PageSize * _pages.Table.PageSize : 0;
            sequence.CountedTokens = Math.Max(shared, sequence.Position);
            job.ReusedTokens = sequence.Choice > 0 ? job.ReusedTokens : sequence.Position;
        }

        sequence.IsCountedAsFeeding = sequence.Position < job.Prompt.Length;
        job.FeedingChoices += sequence.IsCountedAsFeeding ? 1 : 0;
        job.RunningChoices++;
        job.Share.Running++;
        job.Share.PendingTokens += sequence.Left;
        _running.Add(sequence);
        return true;
    }

    /// <summary>Whom a waiting sequence may displace: one of lower priority; or, where its party runs nothing, the newest of a party that runs several and was served no less. Null where that would not make room enough.</summary>
    private ActiveSequence? ClaimFor(ActiveSequence waiting)
    {
        ActiveSequence? victim = null;
        PartyShare share = waiting.Job.Share;
        int pages = _pages.Available;
        foreach (ActiveSequence running in _running)
        {
            PartyShare other = running.Job.Share;
            bool isLower = running.Job.Priority > waiting.Job.Priority;
            bool hasMore = running.Job.Priority == waiting.Job.Priority && share.Running == 0 && other.Running > 1 && share.VirtualTime <= other.VirtualTime;
            if (isLower || hasMore)
            {
                pages += _pages.Table.PagesOf(running.Slot).Length;
                victim = victim is null || running.YieldsTo(victim) ? running : victim;
            }
        }

        return pages >= _pages.Table.PagesFor(waiting.Known) ? victim : null;
    }

    /// <summary>Gets every sequence the pages that this step fills.</summary>
    private void GrowAll()
    {
        for (int i = 0; i < _running.Count; i++)
        {
            ActiveSequence sequence = _running[i];
            if (sequence.Slot >= 0 && !Grow(sequence))
            {
                Release(sequence, isOver: false);
            }
        }

        _running.RemoveAll(static sequence => sequence.Slot < 0);
    }

    /// <summary>Gets a sequence the pages of all its known tokens, from those of less right if need be; false when it has the least right itself.</summary>
    private bool Grow(ActiveSequence sequence)
    {
        while (!_pages.TryGrow(sequence, sequence.Known))
        {
            if (ReleaseShared(evenRunning: false))
            {
                continue;
            }

            ActiveSequence victim = sequence;
            int others = 0;
            foreach (ActiveSequence running in _running)
            {
                others += running.Slot >= 0 && running != sequence ? 1 : 0;
                victim = running.Slot >= 0 && running.YieldsTo(victim) ? running : victim;
            }

            if (victim != sequence)
            {
                Release(victim, isOver: false);
            }
            else if (others > 0)
            {
                return false;
            }
            else if (!ReleaseShared(evenRunning: true))
            {
                throw new UnreachableException("A sequence that runs alone lacks pages: pages were lost.");
            }
        }

        return true;
    }

    private bool ReleaseShared(bool evenRunning)
    {
        if (_queue.HolderOfSharedPages(evenRunning) is not { } holder)
        {
            return false;
        }

        _pages.Unshare(holder);
        return true;
    }

    /// <summary>Reads what a step gave to a sequence, and closes it when it is over.</summary>
    private void Read(ActiveSequence sequence)
    {
        EngineJob job = sequence.Job;
        if (job.IsEnded)
        {
            return; // a sibling failed; the next step drops it
        }

        if (sequence.IsCountedAsFeeding && sequence.Position >= job.Prompt.Length)
        {
            PromptFed(sequence);
        }

        int known = sequence.Known;
        (Exception? failure, bool isOver) = sequence switch
        {
            AnswerSequence answer => (_answers.Read(answer, _batch), answer.Ending is not null),
            GivenSequence given => (given.Failure, given.Left == 0), // its rows went to it during the step
            _ => throw new UnreachableException($"A sequence of kind {sequence.GetType().Name}."),
        };
        job.Share.Serve(_work.Count(sequence, sequence.Known - known));
        if (failure is not null)
        {
            EndJob(job, failure);
            Close(sequence);
        }
        else if (isOver)
        {
            if (sequence is AnswerSequence answer)
            {
                AnswerReader.Finish(answer);
            }

            Close(sequence);
            if (++job.FinishedChoices == job.Choices)
            {
                job.IsEnded = true;
                _work.TellEnded(job);
                job.Complete();
                _jobEnded(job);
            }
        }
    }

    private void PromptFed(ActiveSequence sequence)
    {
        EngineJob job = sequence.Job;
        sequence.IsCountedAsFeeding = false;
        job.FeedingChoices--;
        _pages.Keep(sequence);
        if (job.StartedChoices < job.Choices && job.SharedPages is null)
        {
            _pages.Share(sequence);
        }
    }

    private void Preempt(ActiveSequence victim)
    {
        Release(victim, isOver: false);
        _running.Remove(victim);
    }

    private void Close(ActiveSequence sequence)
    {
        Release(sequence, isOver: true);
        _running.Remove(sequence);
    }

    /// <summary>Takes slot and pages of a running sequence; the caller takes it from the list.</summary>
    private void Release(ActiveSequence sequence, bool isOver)
    {
        EngineJob job = sequence.Job;
        _pages.Close(sequence);
        job.FeedingChoices -= sequence.IsCountedAsFeeding ? 1 : 0;
        sequence.IsCountedAsFeeding = false;
        job.RunningChoices--;
        if (--job.Share.Running == 0)
        {
            job.Share.PendingTokens = 0;
        }

        if (!isOver)
        {
            _preemptions++;
            _queue.Return(sequence);
        }
    }

    private void EndJob(EngineJob job, Exception reason)
    {
        _pages.Unshare(job);
        if (!job.IsEnded)
        {
            job.IsEnded = true;
            _work.TellEnded(job);
            job.Fail(reason);
            _jobEnded(job);
        }
    }
}
