namespace Lazuli.Training;

/// <summary>Cuts the concatenation of all documents into rows. A row begins with the token that the row before ended with, so every token is a target once.</summary>
internal sealed class StreamPacker(int rowLength, int padding, RowWriter writer) : RowPacker(rowLength, padding, writer)
{
    private readonly List<int> _ids = new(rowLength);
    private readonly List<bool> _counts = new(rowLength);
    private bool _lastIsText;

    public override void Add(EncodedDocument document)
    {
        for (int i = 0; i < document.Ids.Count; i++)
        {
            if (_ids.Count == RowLength)
            {
                int last = _ids[^1];
                Emit(_ids, _counts, endsWithText: false);
                _ids.Clear();
                _counts.Clear();
                _ids.Add(last);
                _counts.Add(false);
            }

            _ids.Add(document.Ids[i]);
            _counts.Add(document.Counts[i]);
        }

        _lastIsText = document.IsText;
    }

    public override void Finish()
    {
        if (_ids.Count > 0)
        {
            Emit(_ids, _counts, _lastIsText);
        }
    }
}
