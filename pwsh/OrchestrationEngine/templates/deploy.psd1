# Checks at once, a deployment that differs by environment, and what is done if it fails.
@{
    Name        = '__NAME__'
    Description = 'What is deployed'
    Version     = '1.0'

    Parameters  = @{
        package = @{ type = 'string'; default = './dist/app.zip'; description = 'The file to deploy' }
    }

    Steps       = @(
        @{
            Name          = 'Checks'
            Type          = 'parallel'
            ThrottleLimit = 2
            Parallel      = @(
                @{ Name = 'Services'; Type = 'script'; Command = 'Write-Output "services are well"' }
                @{ Name = 'Storage'; Type = 'script'; Command = 'Write-Output "there is room"' }
            )
        }
        @{
            Name      = 'Backup'
            Type      = 'script'
            Condition = '$env.context -eq "prod"'
            Command   = 'Write-Output "backed up"'
        }
        @{
            Name       = 'Deploy'
            Type       = 'script'
            Command    = 'Write-Output "deploy {{package}}"'
            RetryCount = 1
            RetryDelay = 5
            Timeout    = 600
        }
        # Asked after a failure, too, since its condition is about one.
        @{
            Name      = 'Rollback Check'
            Type      = 'condition'
            Condition = '$LASTEXITCODE -ne 0'
            Then      = @(
                @{ Name = 'Rollback'; Type = 'script'; Command = 'Write-Output "rolled back"' }
            )
        }
    )

    # Runs at the end, however it ended.
    Finally     = @(
        @{ Name = 'Report'; Type = 'script'; Command = 'Write-Output "over"' }
    )
}
