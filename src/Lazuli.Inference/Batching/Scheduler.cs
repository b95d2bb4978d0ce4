using System.Diagnostics;
using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Decides what each step runs, and turns its logits into tokens and text: continuous batching (Yu et al. 2022) with chunked prefill (Agrawal et al. 2023).</summary>
/// <remarks>
/// <para>One call of <see cref="Step"/> is one step:</para>
/// <list type="number">
/// <item>Cancelled jobs give back slots and pages.</item>
/// <item>Waiting choices get a slot while slots and pages last. A choice takes all pages that it can come to need, so a running one never has to wait or start over.</item>
/// <item>One row for every choice that decodes; prompts share the rows that are left, up to the prefill limit, starting at another one each step.</item>
/// <item>Forward pass, one token for each row with logits, text to the sinks, choices that are over give back slots and pages.</item>
/// </list>
/// <para>Later choices of a job share the full pages of its prompt and feed only what lies beyond. Synchronous and not thread-safe: the engine's one thread calls it.</para>
/// </remarks>
internal sealed class Scheduler
{
    private readonly ForwardPass _forward;
    private readonly PagedKeyValueCache _cache;
    private readonly PromptEncoder _tokens;
    private readonly TokenChooser _chooser;
    private readonly StepBatch _batch;
    private readonly int _prefillLimit;
    private readonly List<ActiveSequence> _running;
    private readonly LinkedList<GenerationJob> _unstarted = [];
    private readonly LinkedList<GenerationJob> _partlyStarted = [];
    private readonly Action<GenerationJob> _jobEnded;
    private readonly InferenceFlop _flop;
    private readonly PrefixCache? _prefixes;
    private readonly IEngineMeter? _meter;
    private long _metered = Stopwatch.GetTimestamp();
    private int _prefillTurn;
    private long _steps;
    private long _promptTokens;
    private long _generatedTokens;
    private bool _newJobsTurn = true;

    /// <summary>A scheduler; <paramref name="jobEnded"/> is told of every job that is over, for whatever reason, and <paramref name="meter"/> of all work.</summary>
    public Scheduler(ForwardPass forward, PagedKeyValueCache cache, PromptEncoder tokens, StepBatch batch, int prefillLimit, Action<GenerationJob> jobEnded, InferenceFlop flop, IEngineMeter? meter = null, PrefixCache? prefixes = null)
    {
        _flop = flop;
        _prefixes = prefixes;
        _meter = meter;
        _forward = forward;
        _cache = cache;
        _tokens = tokens;
        _chooser = new TokenChooser(tokens, Math.Min(tokens.VocabularySize, batch.VocabularySize));
        _batch = batch;
        _prefillLimit = prefillLimit;
        _running = new List<ActiveSequence>(cache.Table.Slots);
        _jobEnded = jobEnded;
    }

    /// <summary>What it has done and holds now.</summary>
    public EngineStatistics Statistics => new(
        _running.Count, _unstarted.Count, _cache.Table.FreePages + _cache.Table.ReclaimablePages, _cache.Table.Pages, _steps, _promptTokens, _generatedTokens);

    /// <summary>Takes a job.</summary>
    public void Enqueue(GenerationJob job) => _unstarted.AddLast(job);

    /// <summary>Runs one step. False when there was nothing to do.</summary>
    public bool Step()
    {
        DropCancelled();
        Admit();
        if (_running.Count == 0)
        {
            return _unstarted.Count + _partlyStarted.Count == 0
                ? false
                : throw new UnreachableException("Jobs wait, nothing runs, and none can start: pages were lost.");
        }

        long begun = Stopwatch.GetTimestamp();
        Plan();
        _forward.Run(_batch);
        _steps++;
        ShareTime(Stopwatch.GetElapsedTime(begun).TotalSeconds);
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            TakeToken(i);
        }

        TellMeter();
        return true;
    }

    /// <summary>Ends every job with <paramref name="reason"/>.</summary>
    public void EndAll(Func<Exception> reason)
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            EndJob(_running[i].Job, reason());
            Close(i);
        }

        Drain(_unstarted);
        Drain(_partlyStarted);

        void Drain(LinkedList<GenerationJob> jobs)
        {
            while (jobs.First is { } node)
            {
                jobs.RemoveFirst();
                EndJob(node.Value, reason());
            }
        }
    }

    private void DropCancelled()
    {
        for (int i = _running.Count - 1; i >= 0; i--)
        {
            GenerationJob job = _running[i].Job;
            if (job.IsCancelled || job.IsEnded)
            {
                EndJob(job, new OperationCanceledException("The request was cancelled."));
                Close(i);
            }
        }

        Sweep(_unstarted);
        Sweep(_partlyStarted);

        void Sweep(LinkedList<GenerationJob> jobs)
        {
            LinkedListNode<GenerationJob>? node = jobs.First;
            while (node is not null)
            {
                LinkedListNode<GenerationJob>? next = node.Next;
                if (node.Value.IsCancelled || node.Value.IsEnded)
                {
                    jobs.Remove(node);
                    EndJob(node.Value, new OperationCanceledException("The request was cancelled."));
                }

                node = next;
            }
        }
    }

    /// <summary>Gives slots in turn to new jobs, first come first served, and to further choices of jobs that run.</summary>
    /// <remarks>A further choice that lacks pages stops new jobs from starting; else they could take every page that comes free, and it would wait for ever.</remarks>
    private void Admit()
    {
        bool started = true;
        while (started)
        {
            started = _newJobsTurn
                ? TryStartNewJob() || TryStartFurtherChoice()
                : TryStartFurtherChoice() || TryStartNewJob();
            _newJobsTurn = !_newJobsTurn;
        }
    }

    private bool TryStartNewJob()
    {
        if (_unstarted.First is not { } node || AFurtherChoiceLacksPages() || !TryStart(node.Value))
        {
            return false;
        }

        _unstarted.Remove(node);
        if (node.Value.StartedChoices < node.Value.Choices)
        {
            _partlyStarted.AddLast(node);
        }

        return true;
    }

    private bool TryStartFurtherChoice()
    {
        for (LinkedListNode<GenerationJob>? node = _partlyStarted.First; node is not null; node = node.Next)
        {
            GenerationJob job = node.Value;
            if (job.SharedPages is null)
            {
                continue; // its prompt is still being fed
            }

            if (TryStart(job))
            {
                _partlyStarted.Remove(node);
                if (job.StartedChoices < job.Choices)
                {
                    _partlyStarted.AddLast(node);
                }
                else
                {
                    ReleaseShared(job);
                }

                return true;
            }
        }

        return false;
    }

    private bool AFurtherChoiceLacksPages()
    {
        foreach (GenerationJob job in _partlyStarted)
        {
            if (job.SharedPages is not null && _cache.Table.FreePages + _cache.Table.ReclaimablePages < _cache.Table.PagesFor(job.CachedTokens) - job.SharedPages.Length)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryStart(GenerationJob job)
    {
        if (_cache.Table.FreeSlots == 0)
        {
            return false;
        }

        // At least the prompt's last token is fed: its logits choose the first of the answer.
        int[] shared = job.SharedPages ?? _prefixes?.Match(PartyOf(job), job.Prompt.AsSpan(0, job.Prompt.Length - 1)) ?? [];
        int slot = OpenSlot(job, shared);
        if (slot < 0)
        {
            return false;
        }

        int cached = shared.Length * _cache.Table.PageSize;
        job.ReusedTokens = job.SharedPages is null ? cached : job.ReusedTokens;
        _running.Add(new ActiveSequence(job, job.StartedChoices++, slot, cached) { Fed = _prefixes is null ? null : [.. job.Prompt, .. new int[job.MaxNewTokens]] });
        return true;
    }

    /// <summary>Opens a slot, letting kept prefixes go where pages are short; −1 when there are not enough all the same.</summary>
    private int OpenSlot(GenerationJob job, int[] shared)
    {
        _cache.Table.AddReferences(shared); // so that making room does not take them
        int wanted = _cache.Table.PagesFor(job.CachedTokens) - shared.Length;
        int slot = _cache.Table.FreePages >= wanted || _prefixes?.MakeRoom(wanted) == true ? _cache.TryOpen(job.CachedTokens, shared) : -1;
        _cache.Table.ReleaseReferences(shared);
        return slot;
    }

    /// <summary>Keeps the pages that a sequence has filled.</summary>
    private void KeepPrefix(ActiveSequence sequence)
    {
        if (sequence.Fed is { } fed)
        {
            _prefixes!.Keep(PartyOf(sequence.Job), fed.AsSpan(0, sequence.Position), _cache.Table.PagesOf(sequence.Slot));
        }
    }

    private static string PartyOf(GenerationJob job) => job.Party is { } party ? $"{party.Project}\n{party.Key}" : "";

    /// <summary>Gives each job its share of a step's time, by rows.</summary>
    private void ShareTime(double seconds)
    {
        double perRow = seconds / _batch.Rows;
        foreach (ActiveSequence sequence in _running)
        {
            sequence.Job.Work.Seconds += perRow * sequence.StepRows;
        }
    }

    /// <summary>Tells of jobs that still run, once a second: what a killed process loses is bounded by that.</summary>
    private void TellMeter()
    {
        if (_meter is null || Stopwatch.GetElapsedTime(_metered).TotalSeconds < 1)
        {
            return;
        }

        _metered = Stopwatch.GetTimestamp();
        foreach (ActiveSequence sequence in _running)
        {
            _meter.Record(sequence.Job.Work.Take(sequence.Job.Party, isEnded: false));
        }
    }

    private void NoteEnd(GenerationJob job)
    {
        _meter?.Record(job.Work.Take(job.Party, isEnded: true));
        _jobEnded(job);
    }

    private void Plan()
    {
        _batch.Clear();
        int prompts = 0;
        foreach (ActiveSequence sequence in _running)
        {
            sequence.LogitRow = -1;
            sequence.StepRows = 0;
            if (sequence.PromptLeft > 0)
            {
                prompts++;
                continue;
            }

            AddRow(sequence, sequence.LastToken);
            AskForLogits(sequence);
        }

        if (prompts > 0)
        {
            PlanPrompts(prompts);
        }
    }

    private void PlanPrompts(int prompts)
    {
        int room = Math.Min(_prefillLimit, _batch.RoomLeft);
        int share = Math.Max(_cache.Table.PageSize, room / prompts);
        _prefillTurn = (_prefillTurn + 1) % _running.Count;
        for (int i = 0; i < _running.Count; i++)
        {
            ActiveSequence sequence = InTurn(i);
            sequence.PromptRows = Math.Min(Math.Min(share, room), sequence.PromptLeft);
            room -= sequence.PromptRows;
        }

        for (int i = 0; i < _running.Count; i++)
        {
            // Whoever comes first takes what short prompts have left over.
            ActiveSequence sequence = InTurn(i);
            int more = Math.Min(room, sequence.PromptLeft - sequence.PromptRows);
            room -= more;
            AddPrompt(sequence, sequence.PromptRows + more);
        }

        ActiveSequence InTurn(int i) => _running[(_prefillTurn + i) % _running.Count];
    }

    private void AddPrompt(ActiveSequence sequence, int count)
    {
        for (int i = 0; i < count; i++)
        {
            AddRow(sequence, sequence.Job.Prompt[sequence.Position]);
        }

        if (count > 0 && sequence.PromptLeft == 0)
        {
            AskForLogits(sequence);
        }

        _promptTokens += count;
        sequence.Job.Work.PromptTokens += count;
    }

    private void AskForLogits(ActiveSequence sequence)
    {
        sequence.LogitRow = _batch.AskForLogits();
        sequence.Job.Work.Flop += _flop.Head;
    }

    private void AddRow(ActiveSequence sequence, int id)
    {
        int position = sequence.Position++;
        sequence.StepRows++;
        sequence.Job.Work.Flop += _flop.At(position);
        _batch.Add(id, position, sequence.Slot, _cache.Table.PoolRow(sequence.Slot, position));
    }

    /// <summary>Chooses the next token of a running sequence, where this step gave it logits, and closes it when that was the last.</summary>
    private void TakeToken(int index)
    {
        ActiveSequence sequence = _running[index];
        GenerationJob job = sequence.Job;
        if (sequence.LogitRow < 0 || job.IsEnded)
        {
            return; // its prompt goes on, or a sibling failed and the next step drops it
        }

        if (sequence.Generated == 0 && job.StartedChoices < job.Choices && job.SharedPages is null)
        {
            // At least the prompt's last token is fed by each choice itself: its logits choose the first token.
            ReadOnlySpan<int> pages = _cache.Table.PagesOf(sequence.Slot)[..((job.Prompt.Length - 1) / _cache.Table.PageSize)];
            _cache.Table.AddReferences(pages);
            job.SharedPages = pages.ToArray();
        }

        if (sequence.Generated == 0)
        {
            KeepPrefix(sequence);
        }

        if (!_chooser.TryChoose(sequence, _batch.LogitsOf(sequence.LogitRow), out int token, out Exception? failure))
        {
            EndJob(job, failure);
            Close(index);
            return;
        }

        sequence.LastToken = token;
        if (sequence.Fed is { } fed)
        {
            fed[sequence.Position] = token;
        }

        sequence.Generated++;
        sequence.Counts?.Add(token);
        job.CompletionTokens++;
        _generatedTokens++;
        job.Work.GeneratedTokens++;
        if (Deliver(sequence, token) is FinishReason reason)
        {
            Close(index);
            Finish(sequence, reason);
        }
    }

    private FinishReason? Deliver(ActiveSequence sequence, int token)
    {
        GenerationJob job = sequence.Job;
        if (_tokens.Ends(token, job.IsChat))
        {
            return FinishReason.Stop;
        }

        if (job.TopLogProbabilities is not null)
        {
            _chooser.Tell(sequence, token);
        }

        ReadOnlySpan<char> text = sequence.Text.Append(_tokens.TextOf(token));
        if (text.Length > 0)
        {
            job.Sink.Text(sequence.Choice, text);
        }

        if (sequence.Text.IsStopped)
        {
            return FinishReason.Stop;
        }

        return sequence.Generated == job.MaxNewTokens ? FinishReason.Length : null;
    }

    private void Finish(ActiveSequence sequence, FinishReason reason)
    {
        GenerationJob job = sequence.Job;
        ReadOnlySpan<char> rest = sequence.Text.Finish();
        if (rest.Length > 0)
        {
            job.Sink.Text(sequence.Choice, rest);
        }

        job.Sink.ChoiceFinished(sequence.Choice, reason);
        job.FinishedChoices++;
        if (job.FinishedChoices == job.Choices)
        {
            job.IsEnded = true;
            job.Sink.Completed(new TokenUsage(job.Prompt.Length, job.CompletionTokens, job.ReusedTokens));
            NoteEnd(job);
        }
    }

    private void Close(int index)
    {
        KeepPrefix(_running[index]);
        _cache.Table.Close(_running[index].Slot);
        _running.RemoveAt(index);
    }

    private void EndJob(GenerationJob job, Exception reason)
    {
        ReleaseShared(job);
        if (!job.IsEnded)
        {
            job.IsEnded = true;
            job.Sink.Failed(reason);
            NoteEnd(job);
        }
    }

    private void ReleaseShared(GenerationJob job)
    {
        if (job.SharedPages is int[] pages)
        {
            _cache.Table.ReleaseReferences(pages);
            job.SharedPages = null;
        }
    }
}
