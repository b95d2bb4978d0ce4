namespace Lazuli.Inference;

/// <summary>Fills a step: one row, and its drafts, for every sequence that decodes; the rows that prompts may have, shared out among them.</summary>
/// <remarks>
/// <para>Prompts of the highest priority get rows first. Among those, rows go out a slice (at most a page) at a time to the party that was served least for its weight, and within
/// a party to the sequence that was fed longest ago. So a party with many prompts does not slow another's, nor a long prompt a short one.</para>
/// <para>How a prompt is cut changes nothing about its bits. Allocates nothing. Not thread-safe.</para>
/// </remarks>
internal sealed class StepPlanner(StepBatch batch, PageTable table)
{
    private readonly int[] _promptRows = new int[table.Slots]; // by place in the list of running sequences

    /// <summary>Rows of the step that belong to prompts, or to answers fed again.</summary>
    public int PromptRows { get; private set; }

    /// <summary>Plans a step of <paramref name="running"/> with at most <paramref name="promptRows"/> rows of prompts.</summary>
    public void Plan(List<ActiveSequence> running, int promptRows, long step)
    {
        batch.Clear();
        PromptRows = 0;
        foreach (ActiveSequence sequence in running)
        {
            sequence.LogitRows = 0;
            sequence.StepRows = 0;
            sequence.StepStart = sequence.Position;
            if (sequence.IsDecoding)
            {
                AddRows(sequence, 1 + sequence.DraftRows);
            }
        }

        ShareOut(running, Math.Min(promptRows, batch.RoomLeft));
        for (int i = 0; i < running.Count; i++)
        {
            if (_promptRows[i] > 0)
            {
                running[i].LastFedStep = step;
                PromptRows += _promptRows[i];
                AddRows(running[i], _promptRows[i]);
            }
        }
    }

    private void ShareOut(List<ActiveSequence> running, int room)
    {
        Array.Clear(_promptRows, 0, running.Count);
        foreach (ActiveSequence sequence in running)
        {
            sequence.Job.Share.PlannedTokens = 0;
        }

        while (room > 0)
        {
            int next = -1;
            for (int i = 0; i < running.Count; i++)
            {
                if (!running[i].IsDecoding && running[i].Left > _promptRows[i] && (next < 0 || GoesBefore(running, i, next)))
                {
                    next = i;
                }
            }

            if (next < 0)
            {
                return;
            }

            int rows = Math.Min(Math.Min(room, table.PageSize), running[next].Left - _promptRows[next]);
            _promptRows[next] += rows;
            running[next].Job.Share.PlannedTokens += rows;
            room -= rows;
        }
    }

    private bool GoesBefore(List<ActiveSequence> running, int i, int j)
    {
        ActiveSequence one = running[i], other = running[j];
        if (one.Job.Priority != other.Job.Priority)
        {
            return one.Job.Priority < other.Job.Priority;
        }

        if (one.Job.Share.PlannedTime != other.Job.Share.PlannedTime)
        {
            return one.Job.Share.PlannedTime < other.Job.Share.PlannedTime;
        }

        if (_promptRows[i] != _promptRows[j])
        {
            return _promptRows[i] < _promptRows[j];
        }

        return one.LastFedStep != other.LastFedStep ? one.LastFedStep < other.LastFedStep : other.YieldsTo(one);
    }

    private void AddRows(ActiveSequence sequence, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int position = sequence.Position++;
            batch.Add(sequence.Tokens[position], position, sequence.Slot, table.PoolRow(sequence.Slot, position));
            switch (sequence.OutputAt(position))
            {
                case StepOutput.Logits:
                    int row = batch.AskForLogits();
                    sequence.FirstLogitRow = sequence.LogitRows++ == 0 ? row : sequence.FirstLogitRow;
                    break;
                case StepOutput.ReadLogits:
                    batch.HandLogitsTo((IRowReader)sequence);
                    break;
                case StepOutput.ReadHidden:
                    batch.HandHiddenTo((IRowReader)sequence);
                    break;
            }
        }

        sequence.StepRows += count;
    }
}
