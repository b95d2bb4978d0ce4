using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Gives pages to sequences and takes them back; where free ones are short, kept prefixes go first.</summary>
/// <param name="table">Who holds which page.</param>
/// <param name="prefixes">What is kept for later prompts; null where nothing is.</param>
/// <param name="changed">Told of each slot whose pages changed.</param>
internal sealed class PageBudget(PageTable table, PrefixCache? prefixes, Action<int> changed)
{
    /// <summary>Pages that can be had without taking them from a sequence.</summary>
    public int Available => table.FreePages + table.ReclaimablePages;

    public int FreeSlots => table.FreeSlots;

    public PageTable Table => table;

    /// <summary>Opens a slot for the known tokens of a sequence, beginning with pages that hold them already: its job's, or kept ones. What is wanted of tokens (at least of the last) is left to feed.</summary>
    /// <param name="sequence">A sequence without a slot.</param>
    /// <param name="spare">Pages that must be left to others.</param>
    /// <returns>Whether there was room; if not, nothing has changed.</returns>
    public bool TryOpen(ActiveSequence sequence, int spare)
    {
        if (table.FreeSlots == 0)
        {
            return false;
        }

        int[] shared = prefixes?.Match(PartyOf(sequence.Job), sequence.Tokens.AsSpan(0, sequence.FirstOutput)) ?? [];
        shared = sequence.Job.SharedPages is { } pages && pages.Length >= shared.Length ? pages : shared;
        table.AddReferences(shared); // so that making room does not take them
        int wanted = table.PagesFor(sequence.Known) - shared.Length;
        int slot = Available >= wanted + spare && MakeRoom(wanted) ? table.TryOpen(sequence.Known, shared) : -1;
        table.ReleaseReferences(shared);
        if (slot < 0)
        {
            return false;
        }

        sequence.Slot = slot;
        sequence.Position = shared.Length * table.PageSize;
        changed(slot);
        return true;
    }

    /// <summary>Gives a sequence the pages of its first <paramref name="tokens"/> tokens; false, with nothing changed, when there are too few.</summary>
    public bool TryGrow(ActiveSequence sequence, int tokens)
    {
        int wanted = table.PagesFor(tokens) - table.PagesOf(sequence.Slot).Length;
        if (wanted <= 0)
        {
            return true;
        }

        if (!MakeRoom(wanted) || !table.TryGrow(sequence.Slot, tokens))
        {
            return false;
        }

        changed(sequence.Slot);
        return true;
    }

    /// <summary>Tokens that a sequence has room for, taking at most free pages.</summary>
    public int RoomWithoutTaking(ActiveSequence sequence) => Math.Min(table.PagesPerSequence, table.PagesOf(sequence.Slot).Length + table.FreePages) * table.PageSize;

    /// <summary>Keeps the pages that a sequence has filled for later prompts that begin alike.</summary>
    public void Keep(ActiveSequence sequence) => prefixes?.Keep(PartyOf(sequence.Job), sequence.Tokens.AsSpan(0, sequence.Position), table.PagesOf(sequence.Slot));

    /// <summary>Takes a sequence's slot and pages; what it has filled is kept while nobody else wants the room.</summary>
    public void Close(ActiveSequence sequence)
    {
        Keep(sequence);
        table.Close(sequence.Slot);
        sequence.Slot = -1;
        sequence.Position = 0;
    }

    /// <summary>Holds the full pages of a sequence's prompt for later choices of its job. At least the prompt's last token is fed by each choice itself: its logits choose the first of the answer.</summary>
    public void Share(ActiveSequence sequence)
    {
        ReadOnlySpan<int> pages = table.PagesOf(sequence.Slot)[..((sequence.Job.Prompt.Length - 1) / table.PageSize)];
        table.AddReferences(pages);
        sequence.Job.SharedPages = pages.ToArray();
    }

    /// <summary>Lets go of what <see cref="Share"/> holds.</summary>
    public void Unshare(EngineJob job)
    {
        if (job.SharedPages is int[] pages)
        {
            table.ReleaseReferences(pages);
            job.SharedPages = null;
        }
    }

    private bool MakeRoom(int wanted) => table.FreePages >= wanted || prefixes?.MakeRoom(wanted) == true;

    private static string PartyOf(EngineJob job) => job.Party is { } party ? $"{party.Project}\n{party.Key}" : "";
}
