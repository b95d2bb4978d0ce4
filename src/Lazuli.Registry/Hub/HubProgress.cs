namespace Lazuli.Registry;

/// <summary>How far fetching is.</summary>
/// <param name="Bytes">Bytes that are here, those of an earlier try among them.</param>
/// <param name="TotalBytes">Bytes of all files.</param>
/// <param name="Files">Files that are here, checked.</param>
/// <param name="TotalFiles">All files.</param>
public readonly record struct HubProgress(long Bytes, long TotalBytes, int Files, int TotalFiles);
