namespace Lazuli.Training;

/// <summary>A document as ids, each with whether it carries loss. <paramref name="IsText"/>: what follows its last token is an end of text worth predicting.</summary>
internal readonly record struct EncodedDocument(DataSplit Split, List<int> Ids, List<bool> Counts, bool IsText);
