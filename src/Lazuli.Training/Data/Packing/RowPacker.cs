using System.Runtime.InteropServices;

namespace Lazuli.Training;

/// <summary>Lays documents out in rows and hands each full row on. Rows without a single target are left out: no step could learn from them.</summary>
internal abstract class RowPacker(int rowLength, int padding, RowWriter writer)
{
    /// <summary>Makes the packer that the settings ask for.</summary>
    public static RowPacker Create(DataSetSettings settings, int padding, RowWriter writer) => settings.Packing == DataPacking.Documents
        ? new BestFitPacker(settings.ContextLength + 1, padding, writer)
        : new StreamPacker(settings.ContextLength + 1, padding, writer);

    /// <summary>Context length + 1.</summary>
    protected int RowLength => rowLength;

    /// <summary>Takes the next document.</summary>
    public abstract void Add(EncodedDocument document);

    /// <summary>Hands on what is still open.</summary>
    public abstract void Finish();

    /// <summary>Pads a row and writes it, unless nothing in it counts.</summary>
    protected void Emit(List<int> ids, List<bool> counts, bool endsWithText)
    {
        for (bool first = true; ids.Count < rowLength; first = false)
        {
            ids.Add(padding);
            counts.Add(first && endsWithText);
        }

        if (counts.IndexOf(true, 1) > 0)
        {
            writer.Write(CollectionsMarshal.AsSpan(ids), CollectionsMarshal.AsSpan(counts));
        }
    }
}
