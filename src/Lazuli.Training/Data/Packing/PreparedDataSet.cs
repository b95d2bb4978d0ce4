namespace Lazuli.Training;

/// <summary>What preparing came to: the folder, its manifest, and whether it was there already for the same inputs.</summary>
public sealed record PreparedDataSet(string Folder, DataSetManifest Manifest, bool Reused);
