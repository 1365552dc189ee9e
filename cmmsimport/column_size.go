package cmmsimport

import "ic3.internal/innomaintsync/cmmsimport/internal/dbschema"

type columnSize = dbschema.Column
