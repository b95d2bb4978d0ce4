namespace Lazuli.Training;

/// <summary>How documents become rows of equal length.</summary>
public enum DataPacking
{
    /// <summary>Whole documents, each put into the fullest open row that still has room; the rest of a row is padding without loss.</summary>
    Documents,

    /// <summary>One endless stream cut into rows; documents may be cut anywhere, and nothing is padded but the last row.</summary>
    Stream,
}
